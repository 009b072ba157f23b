"""Methods that libraries without a summary call on objects of an application's subclasses: by package, names of classes, names of methods.

A class is known by the package that it comes from, wherever in it that is written, and by its own name; names may be patterns. A class may
stand in several rows.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache, lru_cache

from decompose.linking.libraries import frappe_documents

_STANDARD = """
argparse | ArgumentParser | error exit format_help convert_arg_line_to_args
argparse | *Formatter | _format_* _split_lines _fill_text add_usage start_section
asyncio | *Protocol | connection_made connection_lost data_received eof_received pause_writing resume_writing get_buffer buffer_updated
asyncio | *Protocol | datagram_received error_received pipe_data_received pipe_connection_lost process_exited
code | Interactive* | raw_input write push showtraceback showsyntaxerror
configparser | *Parser | optionxform
http.server | *RequestHandler | do_* log_message log_request end_headers translate_path send_head version_string
importlib | *Loader *Finder | find_spec exec_module create_module get_data get_source find_module load_module
io | *IOBase *IO | read readinto readline write seek tell truncate readable writable seekable flush close
logging | *Handler | emit handle flush handleError
logging | Filter | filter
logging | *Formatter | format formatTime formatException formatMessage formatStack
logging | LoggerAdapter | process
pickle | *Pickler *Unpickler | persistent_id persistent_load find_class reducer_override
socketserver | *RequestHandler | handle setup finish
socketserver | *Server | verify_request process_request finish_request handle_error get_request service_actions
unittest | *TestCase | setUp tearDown setUpClass tearDownClass test_* runTest
unittest | IsolatedAsyncioTestCase | asyncSetUp asyncTearDown
wsgiref | *RequestHandler | log_message get_environ
xml.sax | *Handler | startDocument endDocument startElement* endElement* characters ignorableWhitespace processingInstruction
xml.sax | *Handler | startPrefixMapping endPrefixMapping skippedEntity
"""

_DJANGO = """
django.contrib.auth.hashers | *Hasher | encode decode verify must_update harden_runtime safe_summary
django.contrib.auth.password_validation | *Validator | validate get_help_text password_changed
django.contrib.auth.tokens | *Generator | _make_hash_value make_token check_token
django.contrib.messages.storage | *Storage | _get _store add update
django.contrib.staticfiles.finders | *Finder | find list
django.contrib.staticfiles.storage | *Storage | hashed_name stored_name post_process url file_hash url_converter
django.core.cache.backends | *Cache | get set add delete touch clear incr decr has_key get_many set_many delete_many get_or_set make_key
django.core.cache.backends | *Cache | validate_key close
django.core.files.uploadhandler | *UploadHandler | handle_raw_input new_file receive_data_chunk file_complete upload_complete
django.core.files.uploadhandler | *UploadHandler | upload_interrupted
django.core.mail.backends | *Backend | send_messages open close write_message
django.core.management | *Command | add_arguments
django.core.serializers | *Serializer | start_* end_* handle_* get_dump_object getvalue
django.core.validators | *Validator | compare clean __call__
django.db.backends | *Wrapper | get_connection_params get_new_connection init_connection_state create_cursor
django.db.migrations | * | state_forwards database_forwards database_backwards describe
django.db.models | *Lookup Transform Lookup *Transform | as_* get_prep_lookup get_db_prep_lookup process_lhs process_rhs get_rhs_op
django.db.models | *Lookup Transform Lookup *Transform | get_bilateral_transforms
django.forms | *Input *Widget Textarea *Select* | render get_context format_value value_from_datadict value_omitted_from_data optgroups
django.forms | *Input *Widget Textarea *Select* | create_option build_attrs decompress id_for_label get_template_names
django.forms | *Input *Widget Textarea *Select* | use_required_attribute
django.template | Node *Node | render render_annotated
django.template.loaders | *Loader | get_contents get_template_sources get_template get_dirs reset
django.test | *Runner | run_tests setup_databases teardown_databases build_suite setup_test_environment
django.urls | *Converter | to_python to_url
django.utils.feedgenerator | *Feed* | root_attributes add_root_elements item_attributes add_item_elements
django.views.debug | *Filter *Reporter | is_active get_* cleanse_setting
"""

_BESIDE_DJANGO = """
allauth | *Adapter | save_user populate_user is_open_for_signup pre_* clean_* get_* send_* add_message authentication_failed
cms | CMSPluginBase | render get_context get_render_template get_form save_model
cms | CMSToolbar | populate post_template_populate request_hook
cms | *Menu | get_nodes
menus | *Menu | get_nodes
menus | Modifier | modify
dal | * | get_queryset get_list get_result_label get_selected_result_label create_object has_add_permission
django_select2 | *Widget *Mixin | get_queryset filter_queryset label_from_instance build_attrs
django_tables2 | *Table Table | render_* value_* order_* before_render get_top_pinned_data get_bottom_pinned_data
django_tables2 | *Column Column | render value order render_link footer header
drf_spectacular | OpenApi* | map_* get_security_definition view_replacement get_name
drf_spectacular | AutoSchema | get_* _get_* _map_*
drf_yasg | * | get_* process_result probe_*
import_export | *Resource | before_* after_* skip_row dehydrate_* get_queryset get_instance init_instance save_instance import_field
import_export | *Resource | import_obj get_or_init_instance filter_export export_field get_export_fields get_import_fields for_delete
import_export | *Resource | get_user_visible_fields
import_export | *Widget | clean render get_queryset get_lookup_kwargs
import_export | Field | clean get_value save export
rest_framework | *Authentication | authenticate authenticate_header authenticate_credentials get_model enforce_csrf
rest_framework | *Filter *Backend | filter_queryset get_search_* get_ordering get_default_ordering get_valid_fields to_html
rest_framework | *Filter *Backend | get_schema_operation_parameters
rest_framework | *Field *Relation | to_representation to_internal_value get_attribute get_value run_validation run_validators get_queryset
rest_framework | *Field *Relation | get_choices display_value use_pk_only_optimization get_object get_url bind validate_empty_values
rest_framework | *Field *Relation | get_default
rest_framework | *Metadata | determine_metadata determine_actions get_serializer_info get_field_info
rest_framework | *Negotiation | select_parser select_renderer filter_renderers
rest_framework | *Parser | parse get_filename
rest_framework | *Permission* Is* Allow* | has_permission has_object_permission get_required_permissions get_required_object_permissions
rest_framework | *Renderer | render get_* show_form_for_method
rest_framework | *Throttle | allow_request wait get_cache_key get_rate get_ident parse_rate throttle_success throttle_failure
rest_framework | *Validator | __call__ filter_queryset exclude_current_instance enforce_required_fields
rest_framework | *Versioning | determine_version reverse is_allowed_version
wagtail | *Block | render get_context render_basic value_from_form clean to_python get_prep_value get_api_representation get_form_context
"""

_WEB = """
authlib | *Grant | authenticate_* save_* query_* delete_* validate_* generate_* exists_nonce get_jwt_config revoke_*
authlib | *Endpoint | query_* revoke_* introspect_* authenticate_* check_permission
fastapi | *Response | render
fastapi | APIRoute | get_route_handler
flask | *Provider | dumps loads default response
flask | JSONEncoder | default
flask | *Interface | open_session save_session make_null_session should_set_cookie get_cookie_* get_expiration_time
flask_restful | Raw Fixed* String Integer Float DateTime Url | format output schema
flask_restx | Raw String Integer Float DateTime Url | format output schema
gunicorn | *Application | load load_config init
jinja2 | *Loader | get_source list_templates load
jinja2 | Extension | parse preprocess filter_stream
jinja2 | *Environment | is_safe_attribute is_safe_callable join_path
jinja2 | BytecodeCache | load_bytecode dump_bytecode
oauthlib | *Validator | validate_* save_* get_* is_* authenticate_* client_authentication_required confirm_* invalidate_*
oauth2_provider | *Validator | validate_* save_* get_* is_* authenticate_* client_authentication_required confirm_*
social_core | *Auth* *Backend | get_user_details user_data get_user_id extra_data auth_* get_* setting
starlette | AuthenticationBackend | authenticate
starlette | *Response | render init_headers
twisted | *Protocol *Factory *Receiver | *Received connectionMade connectionLost buildProtocol startFactory stopFactory clientConnection*
twisted | *Service | startService stopService privilegedStartService
uvicorn | Server | startup shutdown install_signal_handlers
werkzeug | *Converter | to_python to_url
wtforms | *Field Field | process process_data process_formdata pre_validate post_validate populate_obj iter_choices _value
wtforms | *Input *Select TextArea *Widget | __call__ html_params render_option validation_attrs
"""

_OTHERS = """
airflow | *Operator *Sensor | execute poke pre_execute post_execute on_kill execute_complete
airflow | *Hook | get_conn get_uri
celery | *Schedule schedule crontab | is_due remaining_estimate
celery | *Scheduler | setup_schedule sync tick is_due schedule_changed apply_async reserve
celery | *Step | start stop create terminate
click | * | convert shell_complete get_metavar type_cast_value process_value handle_parse_result consume_value
click | *Command *Group *Option *Argument | invoke parse_args make_context resolve_command get_help format_* prompt_for_value
discord | *Client *Bot | on_* setup_hook get_context process_commands
discord | *Cog* | cog_*
discord | *View *Modal *Button *Select | callback on_* interaction_check
docutils | *Directive | run
docutils | *Visitor *Translator | visit_* depart_* unknown_visit unknown_departure dispatch_visit
docutils | *Transform | apply
docutils | *Writer | translate
fpdf | FPDF | header footer
luigi | *Task Task | run requires output complete
markdown | Extension | extendMarkdown
markdown | *Preprocessor *Postprocessor *Treeprocessor | run
markdown | *Pattern *InlineProcessor | handleMatch getCompiledRegExp
markdown | *BlockProcessor | test run
marshmallow | Schema | handle_error get_attribute on_bind_field
marshmallow.fields | * | _serialize _deserialize _validate _bind_to_schema
marshmallow.validate | * | __call__ _format_error
mkdocs | BasePlugin | on_*
opentelemetry | *Processor *Exporter | on_start on_end export shutdown force_flush
paramiko | *Interface | check_* get_allowed_auths
pydantic_settings | *Source | get_field_value prepare_field_value __call__
pydantic_settings | BaseSettings | settings_customise_sources
pynamodb | *Attribute | serialize deserialize
pythonjsonlogger | JsonFormatter | add_fields process_log_record format
reportlab | Flowable | draw wrap split
rq | *Worker | execute_job perform_job handle_job_failure handle_job_success work
scrapy | *Spider | parse parse_* start_requests start closed
sphinx | *Directive *Role | run
sphinx | *Translator | visit_* depart_*
sqlalchemy | TypeDecorator UserDefinedType | process_bind_param process_result_value process_literal_param load_dialect_impl
sqlalchemy | TypeDecorator UserDefinedType | bind_processor result_processor get_col_spec bind_expression column_expression
sqlalchemy | TypeDecorator UserDefinedType | coerce_compared_value compare_values
sqlalchemy_utils | *Type | process_bind_param process_result_value load_dialect_impl
stomp | ConnectionListener | on_*
watchdog | *EventHandler | on_* dispatch
"""

_FRAPPE = f"frappe | Document NestedSet WebsiteGenerator | {frappe_documents.HOOKS}"


@cache
def _rows() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """Package, classes and methods of each row."""
    rows = (
        row for written in (_STANDARD, _DJANGO, _BESIDE_DJANGO, _WEB, _OTHERS, _FRAPPE) for row in written.splitlines()
    )
    cells = ([cell.strip() for cell in row.split("|")] for row in rows if row)
    return tuple((package, tuple(classes.split()), tuple(methods.split())) for package, classes, methods in cells)


def packages() -> list[str]:
    """The outermost packages of all of them."""
    return sorted({package.partition(".")[0] for package, _, _ in _rows()})


@lru_cache(maxsize=4096)
def hooks_outside(path: str) -> tuple[str, ...]:
    """The names, or patterns of names, of the methods that a library calls on objects of subclasses of its class ``path``."""
    name = path.rpartition(".")[2]
    return tuple(
        method
        for package, classes, methods in _rows()
        if path.startswith(f"{package}.") and any(fnmatchcase(name, pattern) for pattern in classes)
        for method in methods
    )
