-- Functions that move tables between schemas and databases, and back. Written by decompose; read them before you run them.
-- They live in the schema decompose_move, change nothing by being created, and may be created again at any time.
-- What is done is kept in tables there, so that every script can be run again and every step can be undone.
SET client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS decompose_move;

CREATE TABLE IF NOT EXISTS decompose_move.owner (
    table_schema text NOT NULL,
    table_name text NOT NULL,
    service text NOT NULL,
    PRIMARY KEY (table_schema, table_name)
);
COMMENT ON TABLE decompose_move.owner IS 'the split: which service gets which table';

CREATE TABLE IF NOT EXISTS decompose_move.known_key (
    table_name text NOT NULL,
    columns text NOT NULL,
    target_table text NOT NULL,
    PRIMARY KEY (table_name, columns, target_table)
);
COMMENT ON TABLE decompose_move.known_key IS 'keys between services that the code shows, and that may be cut';

CREATE TABLE IF NOT EXISTS decompose_move.cut_key (
    table_name text NOT NULL,
    constraint_name text NOT NULL,
    definition text NOT NULL,
    target_schema text NOT NULL,
    target_table text NOT NULL,
    cut_by text NOT NULL,
    within boolean NOT NULL DEFAULT false,
    PRIMARY KEY (table_name, constraint_name)
);
COMMENT ON TABLE decompose_move.cut_key IS 'keys that were cut, with what it takes to put them back';

CREATE TABLE IF NOT EXISTS decompose_move.moved (
    service text NOT NULL,
    table_name text NOT NULL,
    from_schema text NOT NULL,
    row_count bigint NOT NULL,
    checksum text NOT NULL,
    state text NOT NULL DEFAULT 'moved' CHECK (state IN ('moved', 'frozen', 'retired', 'switched')),
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (service, table_name)
);
COMMENT ON TABLE decompose_move.moved IS 'tables that were moved: moved -> frozen -> retired in the old database, switched in the new one';

-- Counting and comparing

-- Rows, and a sum over the hashes of all rows: the same whatever the order of rows and columns.
CREATE OR REPLACE FUNCTION decompose_move.fingerprint(relation regclass, OUT row_count bigint, OUT checksum text)
LANGUAGE plpgsql STABLE
SET datestyle = 'ISO' SET timezone = 'UTC' SET extra_float_digits = 3 SET bytea_output = 'hex' SET intervalstyle = 'iso_8601'
AS $$
DECLARE
    listed text;
BEGIN
    SELECT string_agg(format('t.%I', attname), ', ' ORDER BY attname) INTO listed
    FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped;
    EXECUTE format(
        'SELECT count(*), coalesce(sum((''x'' || left(md5(ROW(%s)::text), 16))::bit(64)::bigint::numeric), 0)::text FROM %s t',
        listed, relation
    ) INTO row_count, checksum;
END $$;

-- The ordinary table of this name, wherever it is now: in its old schema, with its service, or retired. Null if nowhere.
-- Tables that no service owns are looked for beside those that one does.
CREATE OR REPLACE FUNCTION decompose_move.place_of(wanted text) RETURNS regclass
LANGUAGE sql STABLE AS $$
    SELECT c.oid::regclass
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN decompose_move.owner o ON o.table_name = c.relname
    WHERE c.relname = wanted AND c.relkind IN ('r', 'p')
      AND CASE WHEN o.service IS NULL THEN n.nspname IN (SELECT table_schema FROM decompose_move.owner)
               ELSE n.nspname IN (o.table_schema, o.service, 'decompose_retired') END
$$;

CREATE OR REPLACE FUNCTION decompose_move.owner_of(relation regclass) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT o.service
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN decompose_move.owner o ON o.table_name = c.relname AND n.nspname IN (o.table_schema, o.service, 'decompose_retired')
    WHERE c.oid = relation
$$;

-- Keys

CREATE OR REPLACE VIEW decompose_move.key_of AS
    SELECT c.oid, c.conname AS constraint_name, s.relname AS table_name, t.relname AS target_table, tn.nspname AS target_schema,
           decompose_move.owner_of(c.conrelid) AS service, decompose_move.owner_of(c.confrelid) AS target_service, c.conrelid,
           (SELECT string_agg(a.attname, ',' ORDER BY k.position)
            FROM unnest(c.conkey) WITH ORDINALITY AS k(attnum, position)
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) AS columns
    FROM pg_constraint c
    JOIN pg_class s ON s.oid = c.conrelid
    JOIN pg_class t ON t.oid = c.confrelid
    JOIN pg_namespace tn ON tn.oid = t.relnamespace
    WHERE c.contype = 'f' AND c.conparentid = 0;

-- Keys that cross services, or lead to or from tables that no service owns, and that the code did not show.
CREATE OR REPLACE FUNCTION decompose_move.unknown_keys()
RETURNS TABLE (table_name text, columns text, target_table text, service text, target_service text, constraint_name text)
LANGUAGE sql STABLE AS $$
    SELECT k.table_name, k.columns, k.target_table, k.service, k.target_service, k.constraint_name FROM decompose_move.key_of k
    WHERE k.service IS DISTINCT FROM k.target_service
        AND (k.table_name, k.columns, k.target_table) NOT IN (SELECT w.table_name, w.columns, w.target_table FROM decompose_move.known_key w)
    ORDER BY k.table_name, k.constraint_name
$$;

-- All of them may be cut.
CREATE OR REPLACE FUNCTION decompose_move.accept_unknown_keys() RETURNS bigint
LANGUAGE sql AS $$
    WITH accepted AS (
        INSERT INTO decompose_move.known_key SELECT k.table_name, k.columns, k.target_table FROM decompose_move.unknown_keys() k
        ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT count(*) FROM accepted
$$;

-- Where the split and this database differ: tables that only one of them has.
CREATE OR REPLACE FUNCTION decompose_move.differences() RETURNS TABLE (table_name text, what text)
LANGUAGE sql STABLE AS $$
    SELECT o.table_name, format('belongs to %s, and is not in this database', o.service) FROM decompose_move.owner o
    WHERE decompose_move.place_of(o.table_name) IS NULL
    UNION ALL
    SELECT c.relname::text, 'is in this database, and no service owns it: it stays where it is'
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname IN (SELECT table_schema FROM decompose_move.owner)
        AND decompose_move.owner_of(c.oid::regclass) IS NULL
    ORDER BY 2, 1
$$;

-- Cut one key, and keep what it takes to put it back.
CREATE OR REPLACE FUNCTION decompose_move.cut(key oid, by_service text, within_service boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    item record;
BEGIN
    SELECT k.*, pg_get_constraintdef(k.oid) AS definition INTO STRICT item FROM decompose_move.key_of k WHERE k.oid = key;
    INSERT INTO decompose_move.cut_key
    VALUES (item.table_name, item.constraint_name, item.definition, item.target_schema, item.target_table, by_service, within_service)
    ON CONFLICT (table_name, constraint_name) DO UPDATE
    SET definition = excluded.definition, target_schema = excluded.target_schema, cut_by = excluded.cut_by, within = excluded.within;
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', item.conrelid::regclass, item.constraint_name);
END $$;

-- Cut all keys between a service and others. A key that the code did not show stops everything: nothing is changed then.
CREATE OR REPLACE FUNCTION decompose_move.cut_keys(of_service text) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    item record;
    number integer := 0;
BEGIN
    FOR item IN
        SELECT * FROM decompose_move.key_of k
        WHERE k.service IS DISTINCT FROM k.target_service AND of_service IN (k.service, k.target_service)
        ORDER BY k.table_name, k.constraint_name
    LOOP
        IF NOT EXISTS (
            SELECT FROM decompose_move.known_key w
            WHERE w.table_name = item.table_name AND w.columns = item.columns AND w.target_table = item.target_table
        ) THEN
            RAISE EXCEPTION 'the key % of %(%) to % crosses services, and the code did not show it',
                item.constraint_name, item.table_name, item.columns, item.target_table
            USING HINT = 'Find out who relies on it; SELECT * FROM decompose_move.unknown_keys() lists all such keys. Then add it to decompose_move.known_key, or all of them by SELECT decompose_move.accept_unknown_keys(), and run this script again.';
        END IF;
        PERFORM decompose_move.cut(item.oid, of_service, false);
        number := number + 1;
    END LOOP;
    RETURN number;
END $$;

-- Put keys back that a service cut, and check every row against them. Rows that break a key are an error: nothing is changed then.
CREATE OR REPLACE FUNCTION decompose_move.restore_keys(of_service text, within_service boolean) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    item record;
    target text;
    target_schema_now text;
    target_name text;
    number integer := 0;
BEGIN
    FOR item IN
        SELECT * FROM decompose_move.cut_key k WHERE k.cut_by = of_service AND k.within = within_service
        ORDER BY k.table_name, k.constraint_name
    LOOP
        SELECT n.nspname, c.relname INTO target_schema_now, target_name
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = decompose_move.place_of(item.target_table);
        target := format('%I.%I', target_schema_now, target_name);
        IF target IS NULL OR decompose_move.place_of(item.table_name) IS NULL THEN
            RAISE EXCEPTION 'the key % cannot be put back: % or % is not in this database',
                item.constraint_name, item.table_name, item.target_table;
        END IF;
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID',
            decompose_move.place_of(item.table_name), item.constraint_name,
            replace(replace(item.definition, format('REFERENCES %I.%I(', item.target_schema, item.target_table),
                            format('REFERENCES %s(', target)), ' NOT VALID', ''));
        EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', decompose_move.place_of(item.table_name), item.constraint_name);
        DELETE FROM decompose_move.cut_key k WHERE k.table_name = item.table_name AND k.constraint_name = item.constraint_name;
        number := number + 1;
    END LOOP;
    RETURN number;
END $$;

-- First stage: a schema for each service, in one database

-- Under the old name stays a view through which the old code reads and writes as before.
CREATE OR REPLACE FUNCTION decompose_move.leave_view(of_service text, wanted text, old_schema text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
BEGIN
    EXECUTE format('CREATE OR REPLACE VIEW %I.%I AS SELECT * FROM %I.%I', old_schema, wanted, of_service, wanted);
    FOR item IN
        SELECT DISTINCT a.grantee, a.privilege_type
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid = format('%I.%I', of_service, wanted)::regclass
          AND a.grantee <> c.relowner AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    LOOP
        EXECUTE format('GRANT %s ON %I.%I TO %s', item.privilege_type, old_schema, wanted,
            CASE WHEN item.grantee = 0 THEN 'PUBLIC' ELSE item.grantee::regrole::text END);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %s', of_service,
            CASE WHEN item.grantee = 0 THEN 'PUBLIC' ELSE item.grantee::regrole::text END);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION decompose_move.move_table(of_service text, wanted text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    old_schema text;
    before record;
    after record;
BEGIN
    SELECT table_schema INTO STRICT old_schema FROM decompose_move.owner WHERE table_name = wanted AND service = of_service;
    IF EXISTS (SELECT FROM decompose_move.moved WHERE service = of_service AND table_name = wanted) THEN
        RETURN;
    END IF;
    IF to_regclass(format('%I.%I', old_schema, wanted)) IS NULL THEN
        RAISE WARNING 'the table %.% is not in this database: nothing to move', old_schema, wanted;
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_class WHERE oid = format('%I.%I', old_schema, wanted)::regclass AND relkind IN ('r', 'p')) THEN
        RAISE WARNING '%.% is no table but a view: it stays where it is, and reads the tables wherever they are', old_schema, wanted;
        RETURN;
    END IF;
    EXECUTE format('LOCK TABLE %I.%I IN ACCESS EXCLUSIVE MODE', old_schema, wanted);
    before := decompose_move.fingerprint(format('%I.%I', old_schema, wanted)::regclass);
    EXECUTE format('ALTER TABLE %I.%I SET SCHEMA %I', old_schema, wanted, of_service);
    after := decompose_move.fingerprint(format('%I.%I', of_service, wanted)::regclass);
    IF before IS DISTINCT FROM after THEN
        RAISE EXCEPTION '%: % before the move, % after it', wanted, before, after;
    END IF;
    PERFORM decompose_move.leave_view(of_service, wanted, old_schema);
    INSERT INTO decompose_move.moved (service, table_name, from_schema, row_count, checksum)
    VALUES (of_service, wanted, old_schema, after.row_count, after.checksum);
END $$;

CREATE OR REPLACE FUNCTION decompose_move.move_table_back(of_service text, wanted text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
    before record;
    after record;
BEGIN
    SELECT * INTO item FROM decompose_move.moved WHERE service = of_service AND table_name = wanted;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF item.state <> 'moved' THEN
        RAISE EXCEPTION '% is %: first go the way back from the database of %', wanted, item.state, of_service;
    END IF;
    EXECUTE format('LOCK TABLE %I.%I IN ACCESS EXCLUSIVE MODE', of_service, wanted);
    before := decompose_move.fingerprint(format('%I.%I', of_service, wanted)::regclass);
    EXECUTE format('DROP VIEW IF EXISTS %I.%I', item.from_schema, wanted);
    EXECUTE format('ALTER TABLE %I.%I SET SCHEMA %I', of_service, wanted, item.from_schema);
    after := decompose_move.fingerprint(format('%I.%I', item.from_schema, wanted)::regclass);
    IF before IS DISTINCT FROM after THEN
        RAISE EXCEPTION '%: % before the move, % after it', wanted, before, after;
    END IF;
    DELETE FROM decompose_move.moved WHERE service = of_service AND table_name = wanted;
END $$;

-- Every row accounted for, every constraint checked.
CREATE OR REPLACE FUNCTION decompose_move.verify_schema(of_service text)
RETURNS TABLE (table_name text, rows_moved bigint, rows_now bigint, rows_through_view bigint, same_as_moved boolean)
LANGUAGE plpgsql AS $$
DECLARE
    item record;
    now_there record;
    seen record;
BEGIN
    FOR item IN SELECT * FROM decompose_move.moved m WHERE m.service = of_service ORDER BY m.table_name LOOP
        now_there := decompose_move.fingerprint(format('%I.%I', of_service, item.table_name)::regclass);
        seen := decompose_move.fingerprint(format('%I.%I', item.from_schema, item.table_name)::regclass);
        IF seen IS DISTINCT FROM now_there THEN
            RAISE EXCEPTION '%: the view shows %, the table holds %', item.table_name, seen, now_there;
        END IF;
        table_name := item.table_name;
        rows_moved := item.row_count;
        rows_now := now_there.row_count;
        rows_through_view := seen.row_count;
        same_as_moved := now_there.checksum = item.checksum;
        RETURN NEXT;
    END LOOP;
    FOR item IN
        SELECT c.conrelid::regclass AS relation, c.conname FROM pg_constraint c
        JOIN pg_namespace n ON n.oid = c.connamespace
        WHERE n.nspname = of_service AND NOT c.convalidated
    LOOP
        RAISE EXCEPTION 'the constraint % of % has not been checked', item.conname, item.relation;
    END LOOP;
END $$;

-- Nobody uses the old names any more: the views go.
CREATE OR REPLACE FUNCTION decompose_move.drop_views(of_service text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
BEGIN
    FOR item IN SELECT * FROM decompose_move.moved m WHERE m.service = of_service ORDER BY m.table_name LOOP
        EXECUTE format('DROP VIEW IF EXISTS %I.%I', item.from_schema, item.table_name);
    END LOOP;
END $$;

-- Second stage, in the old database

CREATE OR REPLACE FUNCTION decompose_move.refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% has moved to the database of its service: write there', TG_TABLE_SCHEMA, TG_TABLE_NAME;
END $$;

-- From now on nobody writes the tables of a service here.
CREATE OR REPLACE FUNCTION decompose_move.freeze(of_service text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
BEGIN
    IF EXISTS (SELECT FROM decompose_move.key_of k
               WHERE k.service IS DISTINCT FROM k.target_service AND of_service IN (k.service, k.target_service)) THEN
        RAISE EXCEPTION 'there are keys between % and others: run its script of the first stage again', of_service;
    END IF;
    FOR item IN SELECT * FROM decompose_move.moved m WHERE m.service = of_service AND m.state = 'moved' LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER decompose_frozen BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION decompose_move.refuse()', of_service, item.table_name);
    END LOOP;
    UPDATE decompose_move.moved SET state = 'frozen', changed_at = now() WHERE service = of_service AND state = 'moved';
END $$;

-- The frozen tables are put aside. They are not dropped: the way back needs them.
CREATE OR REPLACE FUNCTION decompose_move.retire(of_service text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
BEGIN
    CREATE SCHEMA IF NOT EXISTS decompose_retired;
    IF EXISTS (SELECT FROM decompose_move.moved m WHERE m.service = of_service AND m.state = 'moved') THEN
        RAISE EXCEPTION '% has tables that are not frozen: it has not switched yet', of_service;
    END IF;
    FOR item IN SELECT * FROM decompose_move.moved m WHERE m.service = of_service AND m.state = 'frozen' LOOP
        EXECUTE format('DROP VIEW IF EXISTS %I.%I', item.from_schema, item.table_name);
        EXECUTE format('ALTER TABLE %I.%I SET SCHEMA decompose_retired', of_service, item.table_name);
    END LOOP;
    UPDATE decompose_move.moved SET state = 'retired', changed_at = now() WHERE service = of_service AND state = 'frozen';
END $$;

CREATE TABLE IF NOT EXISTS decompose_move.always_generated (
    service text NOT NULL,
    table_name text NOT NULL,
    column_name text NOT NULL,
    PRIMARY KEY (service, table_name, column_name)
);
COMMENT ON TABLE decompose_move.always_generated IS 'identity columns that take given numbers during the way back only';

CREATE TABLE IF NOT EXISTS decompose_move.quiet_trigger (
    service text NOT NULL,
    table_name text NOT NULL,
    trigger_name text NOT NULL,
    PRIMARY KEY (service, table_name, trigger_name)
);
COMMENT ON TABLE decompose_move.quiet_trigger IS 'triggers that do not fire during the way back, because what they did has been done';

-- The way back begins: the tables are here again, without keys among them, so that rows can come in any order.
CREATE OR REPLACE FUNCTION decompose_move.reopen(of_service text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
BEGIN
    FOR item IN SELECT * FROM decompose_move.moved m WHERE m.service = of_service AND m.state IN ('frozen', 'retired') LOOP
        IF item.state = 'retired' THEN
            EXECUTE format('ALTER TABLE decompose_retired.%I SET SCHEMA %I', item.table_name, of_service);
        END IF;
        EXECUTE format('DROP TRIGGER IF EXISTS decompose_frozen ON %I.%I', of_service, item.table_name);
        PERFORM decompose_move.leave_view(of_service, item.table_name, item.from_schema);
    END LOOP;
    FOR item IN SELECT * FROM decompose_move.key_of k WHERE k.service = of_service AND k.target_service = of_service LOOP
        PERFORM decompose_move.cut(item.oid, of_service, true);
    END LOOP;
    -- GENERATED ALWAYS refuses the numbers of the rows that come back.
    FOR item IN SELECT * FROM decompose_move.column_of c WHERE c.service = of_service AND c.identity = 'a' LOOP
        INSERT INTO decompose_move.always_generated VALUES (of_service, item.table_name, item.column_name) ON CONFLICT DO NOTHING;
        EXECUTE format('ALTER TABLE %I.%I ALTER COLUMN %I SET GENERATED BY DEFAULT', of_service, item.table_name, item.column_name);
    END LOOP;
    -- Triggers have done in the new database what they do: the rows that come back are the result.
    FOR item IN SELECT h.table_name, h.name FROM decompose_move.hanging_on h
                 JOIN pg_trigger t ON t.tgrelid = format('%I.%I', h.service, h.table_name)::regclass AND t.tgname = h.name
                 WHERE h.service = of_service AND h.kind = 'trigger' AND t.tgenabled = 'O' LOOP
        INSERT INTO decompose_move.quiet_trigger VALUES (of_service, item.table_name, item.name) ON CONFLICT DO NOTHING;
        EXECUTE format('ALTER TABLE %I.%I DISABLE TRIGGER %I', of_service, item.table_name, item.name);
    END LOOP;
    UPDATE decompose_move.moved SET state = 'moved', changed_at = now() WHERE service = of_service AND state IN ('frozen', 'retired');
END $$;

-- What the new database has to know of the old one

CREATE OR REPLACE VIEW decompose_move.column_of AS
    SELECT n.nspname AS service, c.relname AS table_name, a.attname AS column_name, a.attnum AS position,
           format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null, a.attidentity AS identity,
           a.attgenerated AS generated, pg_get_expr(d.adbin, d.adrelid) AS default_value,
           pg_sequence_last_value(pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname)::regclass) AS last_value
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p') AND (n.nspname, c.relname) IN (SELECT service, table_name FROM decompose_move.owner);

CREATE OR REPLACE FUNCTION decompose_move.definition_of_constraint(wanted oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog AS 'SELECT pg_get_constraintdef(wanted)';
CREATE OR REPLACE FUNCTION decompose_move.definition_of_index(wanted oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog AS 'SELECT pg_get_indexdef(wanted)';

CREATE OR REPLACE FUNCTION decompose_move.definition_of_view(wanted oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog AS 'SELECT pg_get_viewdef(wanted)';

CREATE OR REPLACE VIEW decompose_move.constraint_of AS
    SELECT n.nspname AS service, c.relname AS table_name, k.conname AS constraint_name, k.contype::text AS kind,
           decompose_move.definition_of_constraint(k.oid) AS definition,
           (SELECT string_agg(a.attname, ',' ORDER BY p.position)
            FROM unnest(k.conkey) WITH ORDINALITY AS p(attnum, position)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.attnum) AS columns
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype IN ('p', 'u', 'c', 'x', 'f')
      AND (n.nspname, c.relname) IN (SELECT service, table_name FROM decompose_move.owner);

CREATE OR REPLACE VIEW decompose_move.index_of AS
    SELECT n.nspname AS service, c.relname AS table_name, i.relname AS index_name,
           decompose_move.definition_of_index(i.oid) AS definition
    FROM pg_index x
    JOIN pg_class c ON c.oid = x.indrelid
    JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
      AND (n.nspname, c.relname) IN (SELECT service, table_name FROM decompose_move.owner);

CREATE OR REPLACE VIEW decompose_move.enum_of AS
    SELECT n.nspname AS type_schema, t.typname AS type_name,
           string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) AS labels
    FROM pg_enum e
    JOIN pg_type t ON t.oid = e.enumtypid
    JOIN pg_namespace n ON n.oid = t.typnamespace
    GROUP BY n.nspname, t.typname;

CREATE OR REPLACE VIEW decompose_move.grant_of AS
    SELECT n.nspname AS service, c.relname AS table_name, a.privilege_type,
           CASE WHEN a.grantee = 0 THEN '' ELSE pg_get_userbyid(a.grantee)::text END AS grantee
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL aclexplode(c.relacl) a
    WHERE c.relkind IN ('r', 'p') AND a.grantee <> c.relowner
      AND (n.nspname, c.relname) IN (SELECT service, table_name FROM decompose_move.owner);

-- What hangs on the tables and is not built in the new database: triggers, row security, and views of others.
CREATE OR REPLACE VIEW decompose_move.hanging_on AS
    SELECT n.nspname AS service, c.relname AS table_name, 'trigger' AS kind, t.tgname::text AS name, pg_get_triggerdef(t.oid) AS definition
    FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND t.tgname NOT LIKE 'decompose\_%'
      AND (n.nspname, c.relname) IN (SELECT service, table_name FROM decompose_move.owner)
    UNION ALL
    SELECT n.nspname, c.relname, 'row security policy', p.polname::text, pg_get_expr(p.polqual, p.polrelid)
    FROM pg_policy p
    JOIN pg_class c ON c.oid = p.polrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE (n.nspname, c.relname) IN (SELECT service, table_name FROM decompose_move.owner)
    UNION ALL
    SELECT DISTINCT n.nspname, c.relname, 'view', format('%I.%I', vn.nspname, v.relname), decompose_move.definition_of_view(v.oid)
    FROM pg_depend d
    JOIN pg_rewrite w ON w.oid = d.objid
    JOIN pg_class v ON v.oid = w.ev_class
    JOIN pg_namespace vn ON vn.oid = v.relnamespace
    JOIN pg_class c ON c.oid = d.refobjid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND c.relkind IN ('r', 'p')
      AND v.relname <> c.relname AND vn.nspname NOT LIKE 'decompose\_%'
      AND (n.nspname, c.relname) IN (SELECT service, table_name FROM decompose_move.owner);

-- Views that read tables of one service only, and the functions of triggers whose text names no table of another: they go along.
CREATE OR REPLACE VIEW decompose_move.view_of AS
    SELECT min(o.service) AS service, vn.nspname AS view_schema, v.relname AS view_name, v.relkind = 'm' AS materialized,
           decompose_move.definition_of_view(v.oid) AS definition,
           (SELECT string_agg(decompose_move.definition_of_index(x.indexrelid), '; ') FROM pg_index x WHERE x.indrelid = v.oid) AS indexes
    FROM pg_class v
    JOIN pg_namespace vn ON vn.oid = v.relnamespace
    JOIN pg_rewrite w ON w.ev_class = v.oid
    JOIN pg_depend d ON d.objid = w.oid AND d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
    JOIN pg_class c ON c.oid = d.refobjid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN decompose_move.owner o ON (o.service, o.table_name) = (n.nspname, c.relname) AND c.relkind IN ('r', 'p')
    WHERE v.relkind IN ('v', 'm') AND vn.nspname NOT LIKE 'decompose\_%' AND vn.nspname NOT IN ('pg_catalog', 'information_schema')
      AND NOT EXISTS (SELECT FROM decompose_move.moved m WHERE (m.from_schema, m.table_name) = (vn.nspname, v.relname))
    GROUP BY v.oid, vn.nspname, v.relname, v.relkind
    HAVING count(*) = count(o.service) AND min(o.service) = max(o.service);

CREATE OR REPLACE VIEW decompose_move.trigger_of AS
    SELECT n.nspname AS service, c.relname AS table_name, t.tgname AS trigger_name, pg_get_triggerdef(t.oid) AS definition,
           fn.nspname AS function_schema, f.proname AS function_name, pg_get_functiondef(f.oid) AS function_definition
    FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_proc f ON f.oid = t.tgfoid
    JOIN pg_namespace fn ON fn.oid = f.pronamespace
    JOIN pg_language l ON l.oid = f.prolang
    WHERE NOT t.tgisinternal AND t.tgenabled = 'O' AND t.tgname NOT LIKE 'decompose\_%' AND l.lanname IN ('plpgsql', 'sql')
      AND (n.nspname, c.relname) IN (SELECT service, table_name FROM decompose_move.owner)
      AND NOT EXISTS (
          SELECT FROM pg_class other JOIN pg_namespace s ON s.oid = other.relnamespace
          WHERE other.relkind IN ('r', 'p', 'v', 'm', 'f') AND s.nspname NOT IN ('pg_catalog', 'information_schema')
            AND decompose_move.owner_of(other.oid::regclass) IS DISTINCT FROM n.nspname
            AND NOT EXISTS (SELECT FROM decompose_move.owner o WHERE o.table_name = other.relname AND o.service = n.nspname)
            AND strpos(lower(f.prosrc), lower(other.relname)) > 0);

-- Second stage, in the new database. The tables of the old one are seen through the schema decompose_source.

CREATE OR REPLACE FUNCTION decompose_move.import_source(of_service text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
BEGIN
    DROP SCHEMA IF EXISTS decompose_source CASCADE;
    DROP SCHEMA IF EXISTS decompose_source_catalogue CASCADE;
    CREATE SCHEMA decompose_source;
    CREATE SCHEMA decompose_source_catalogue;
    EXECUTE 'IMPORT FOREIGN SCHEMA decompose_move LIMIT TO (column_of, constraint_of, index_of, enum_of, moved, grant_of, hanging_on, view_of, trigger_of) '
            'FROM SERVER decompose_monolith INTO decompose_source_catalogue';
    FOR item IN SELECT * FROM decompose_source_catalogue.enum_of LOOP
        IF to_regtype(format('%I.%I', item.type_schema, item.type_name)) IS NULL THEN
            EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', item.type_schema);
            EXECUTE format('CREATE TYPE %I.%I AS ENUM (%s)', item.type_schema, item.type_name, item.labels);
        END IF;
    END LOOP;
    EXECUTE format('IMPORT FOREIGN SCHEMA %I FROM SERVER decompose_monolith INTO decompose_source', of_service);
END $$;

-- The tables as they are in the old database: columns, defaults, constraints and indexes; keys come with verify.
CREATE OR REPLACE FUNCTION decompose_move.build_table(of_service text, wanted text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
    listed text;
BEGIN
    SELECT string_agg(format('%I %s%s%s', c.column_name, c.type,
               CASE WHEN c.generated = 's' THEN format(' GENERATED ALWAYS AS (%s) STORED', c.default_value)
                    WHEN c.identity = 'a' THEN ' GENERATED ALWAYS AS IDENTITY'
                    WHEN c.identity = 'd' OR c.default_value LIKE 'nextval(%' THEN ' GENERATED BY DEFAULT AS IDENTITY'
                    WHEN c.default_value IS NOT NULL THEN format(' DEFAULT %s', c.default_value)
                    ELSE '' END,
               CASE WHEN c.not_null THEN ' NOT NULL' ELSE '' END), ', ' ORDER BY c.position)
    INTO listed
    FROM decompose_source_catalogue.column_of c
    WHERE c.service = of_service AND c.table_name = wanted;
    IF listed IS NULL THEN
        RAISE WARNING 'the old database has no table %.%: nothing to build', of_service, wanted;
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I.%I (%s)', of_service, wanted, listed);
    FOR item IN
        SELECT * FROM decompose_source_catalogue.constraint_of k
        WHERE k.service = of_service AND k.table_name = wanted AND k.kind <> 'f' ORDER BY k.kind DESC, k.constraint_name
    LOOP
        IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = format('%I.%I', of_service, wanted)::regclass
                       AND conname = item.constraint_name) THEN
            EXECUTE format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', of_service, wanted, item.constraint_name, item.definition);
        END IF;
    END LOOP;
    FOR item IN
        SELECT * FROM decompose_source_catalogue.index_of i WHERE i.service = of_service AND i.table_name = wanted
    LOOP
        IF to_regclass(format('%I.%I', of_service, item.index_name)) IS NULL THEN
            EXECUTE item.definition;
        END IF;
    END LOOP;
    FOR item IN
        SELECT * FROM decompose_source_catalogue.grant_of g WHERE g.service = of_service AND g.table_name = wanted
    LOOP
        IF item.grantee = '' OR EXISTS (SELECT FROM pg_roles r WHERE r.rolname = item.grantee) THEN
            listed := CASE WHEN item.grantee = '' THEN 'PUBLIC' ELSE quote_ident(item.grantee) END;
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO %s', of_service, listed);
            EXECUTE format('GRANT %s ON %I.%I TO %s', item.privilege_type, of_service, wanted, listed);
        END IF;
    END LOOP;
END $$;

-- Views and triggers that need nothing of others, as they are in the old database. What cannot be made here stays listed as not moved.
CREATE OR REPLACE FUNCTION decompose_move.build_what_hangs(of_service text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
BEGIN
    FOR item IN SELECT * FROM decompose_source_catalogue.view_of v WHERE v.service = of_service ORDER BY v.view_schema, v.view_name LOOP
        IF to_regclass(format('%I.%I', item.view_schema, item.view_name)) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', item.view_schema);
                EXECUTE format('CREATE %s %I.%I AS %s', CASE WHEN item.materialized THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END,
                    item.view_schema, item.view_name, item.definition);
                IF item.indexes IS NOT NULL THEN
                    EXECUTE item.indexes;
                END IF;
            EXCEPTION WHEN OTHERS THEN
                RAISE WARNING 'the view %.% cannot be made here: %', item.view_schema, item.view_name, SQLERRM;
            END;
        ELSIF item.materialized THEN
            EXECUTE format('REFRESH MATERIALIZED VIEW %I.%I', item.view_schema, item.view_name);
        END IF;
    END LOOP;
    FOR item IN SELECT * FROM decompose_source_catalogue.trigger_of t WHERE t.service = of_service ORDER BY t.table_name, t.trigger_name LOOP
        IF NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = format('%I.%I', of_service, item.table_name)::regclass AND t.tgname = item.trigger_name) THEN
            BEGIN
                EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', item.function_schema);
                EXECUTE item.function_definition;
                -- What its text calls by a bare name is in the schema of the service here.
                IF item.function_definition !~* 'SET search_path' THEN
                    EXECUTE format('ALTER FUNCTION %I.%I() SET search_path = %I, %I',
                        item.function_schema, item.function_name, of_service, item.function_schema);
                END IF;
                EXECUTE item.definition;
            EXCEPTION WHEN OTHERS THEN
                RAISE WARNING 'the trigger % of % cannot be made here: %', item.trigger_name, item.table_name, SQLERRM;
            END;
        END IF;
    END LOOP;
END $$;

-- What the tables have in the old database and not here: to be made by hand, or let go on purpose.
CREATE OR REPLACE FUNCTION decompose_move.not_moved(of_service text)
RETURNS TABLE (table_name text, kind text, name text, definition text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT h.table_name::text, h.kind, h.name, h.definition FROM decompose_source_catalogue.hanging_on h
    WHERE h.service = of_service
      AND NOT (h.kind = 'trigger' AND h.name IN (
          SELECT t.trigger_name FROM decompose_source_catalogue.trigger_of t WHERE (t.service, t.table_name) = (h.service, h.table_name))
          AND NOT decompose_move.has_switched(of_service))
      AND NOT (h.kind = 'view' AND h.name IN (
          SELECT format('%I.%I', v.view_schema, v.view_name) FROM decompose_source_catalogue.view_of v WHERE v.service = h.service)
          AND NOT decompose_move.has_switched(of_service))
      AND NOT (h.kind = 'trigger' AND EXISTS (
          SELECT FROM pg_trigger t WHERE t.tgrelid = to_regclass(format('%I.%I', of_service, h.table_name)) AND t.tgname = h.name))
      AND NOT (h.kind = 'row security policy' AND EXISTS (
          SELECT FROM pg_policy p WHERE p.polrelid = to_regclass(format('%I.%I', of_service, h.table_name)) AND p.polname = h.name))
      AND NOT (h.kind = 'view' AND to_regclass(h.name) IS NOT NULL)
    UNION ALL
    SELECT g.table_name::text, 'grant', g.grantee, format('GRANT %s: the role is not on this server', g.privilege_type)
    FROM decompose_source_catalogue.grant_of g
    WHERE g.service = of_service AND g.grantee <> '' AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = g.grantee)
    ORDER BY 1, 2, 3;
END $$;

CREATE OR REPLACE FUNCTION decompose_move.has_switched(of_service text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM decompose_move.moved m WHERE m.service = of_service AND m.state = 'switched')
$$;

-- Make the rows of one table equal to those of another: what differs is taken out, what is missing is put in.
CREATE OR REPLACE FUNCTION decompose_move.make_equal(target regclass, source regclass, wanted text) RETURNS bigint
LANGUAGE plpgsql
SET datestyle = 'ISO' SET timezone = 'UTC' SET extra_float_digits = 3 SET bytea_output = 'hex' SET intervalstyle = 'iso_8601'
AS $$
DECLARE
    listed text;
    of_source text;
    of_target text;
    same_key text;
    number bigint;
BEGIN
    SELECT string_agg(format('%I', c.column_name), ', ' ORDER BY c.column_name),
           string_agg(format('s.%I', c.column_name), ', ' ORDER BY c.column_name),
           string_agg(format('t.%I', c.column_name), ', ' ORDER BY c.column_name)
    INTO listed, of_source, of_target
    FROM decompose_source_catalogue.column_of c
    WHERE c.table_name = wanted AND c.generated = '';
    SELECT string_agg(format('s.%I = t.%I', part, part), ' AND ') INTO same_key
    FROM decompose_source_catalogue.constraint_of k, unnest(string_to_array(k.columns, ',')) AS part
    WHERE k.table_name = wanted AND k.kind = 'p';
    IF same_key IS NULL THEN
        EXECUTE format('DELETE FROM %s', target);
        EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s', target, listed, listed, source);
    ELSE
        EXECUTE format('DELETE FROM %s t WHERE NOT EXISTS (SELECT FROM %s s WHERE %s AND ROW(%s)::text = ROW(%s)::text)',
            target, source, same_key, of_source, of_target);
        EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s s WHERE NOT EXISTS (SELECT FROM %s t WHERE %s)',
            target, listed, of_source, source, target, same_key);
    END IF;
    GET DIAGNOSTICS number = ROW_COUNT;
    RETURN number;
END $$;

-- Copy all rows; again and again, until the switch. Keys among the tables are put back by verify_copy.
CREATE OR REPLACE FUNCTION decompose_move.copy_tables(of_service text) RETURNS TABLE (table_name text, rows_copied bigint)
LANGUAGE plpgsql AS $$
DECLARE
    item record;
BEGIN
    IF decompose_move.has_switched(of_service) THEN
        RAISE EXCEPTION '% has switched: a copy from the old database would undo what was written here since', of_service;
    END IF;
    FOR item IN
        SELECT k.conrelid::regclass AS relation, k.conname FROM pg_constraint k
        JOIN pg_namespace n ON n.oid = k.connamespace WHERE k.contype = 'f' AND n.nspname = of_service
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', item.relation, item.conname);
    END LOOP;
    -- Triggers come with the switch: rows are copied as they are.
    FOR item IN SELECT t.trigger_name, t.table_name FROM decompose_source_catalogue.trigger_of t WHERE t.service = of_service LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS %I ON %I.%I', item.trigger_name, of_service, item.table_name);
    END LOOP;
    FOR item IN SELECT DISTINCT c.table_name FROM decompose_source_catalogue.column_of c WHERE c.service = of_service ORDER BY 1 LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS decompose_frozen ON %I.%I', of_service, item.table_name);
        table_name := item.table_name;
        rows_copied := decompose_move.make_equal(
            format('%I.%I', of_service, item.table_name)::regclass, format('decompose_source.%I', item.table_name)::regclass, item.table_name);
        RETURN NEXT;
    END LOOP;
END $$;

-- Compare row counts and checksums on both sides, and put back the keys among the tables, checked against every row.
CREATE OR REPLACE FUNCTION decompose_move.verify_copy(of_service text)
RETURNS TABLE (table_name text, rows_there bigint, rows_here bigint, checksum text)
LANGUAGE plpgsql AS $$
DECLARE
    item record;
    there record;
    here record;
BEGIN
    FOR item IN SELECT DISTINCT c.table_name FROM decompose_source_catalogue.column_of c WHERE c.service = of_service ORDER BY 1 LOOP
        there := decompose_move.fingerprint(format('decompose_source.%I', item.table_name)::regclass);
        here := decompose_move.fingerprint(format('%I.%I', of_service, item.table_name)::regclass);
        IF there IS DISTINCT FROM here THEN
            RAISE EXCEPTION '%: the old database has %, this one %', item.table_name, there, here
            USING HINT = 'Rows were written in between: run the copy again.';
        END IF;
        table_name := item.table_name;
        rows_there := there.row_count;
        rows_here := here.row_count;
        checksum := here.checksum;
        RETURN NEXT;
    END LOOP;
    FOR item IN
        SELECT * FROM decompose_source_catalogue.constraint_of k WHERE k.service = of_service AND k.kind = 'f' ORDER BY k.constraint_name
    LOOP
        IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = format('%I.%I', of_service, item.table_name)::regclass
                       AND conname = item.constraint_name) THEN
            EXECUTE format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', of_service, item.table_name, item.constraint_name,
                replace(item.definition, ' NOT VALID', ''));
        END IF;
    END LOOP;
END $$;

-- From now on this database is the one that counts. Numbers go on where they were in the old one.
CREATE OR REPLACE FUNCTION decompose_move.switch(of_service text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
BEGIN
    IF decompose_move.has_switched(of_service) THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM decompose_source_catalogue.moved m WHERE m.service = of_service AND m.state <> 'frozen') THEN
        RAISE EXCEPTION 'the old database still takes writes for %: freeze it there first', of_service;
    END IF;
    PERFORM decompose_move.verify_copy(of_service);
    PERFORM decompose_move.set_sequences(of_service);
    INSERT INTO decompose_move.moved (service, table_name, from_schema, row_count, checksum, state)
    SELECT of_service, v.table_name, of_service, v.rows_here, v.checksum, 'switched' FROM decompose_move.verify_copy(of_service) v;
    PERFORM decompose_move.build_what_hangs(of_service);
    FOR item IN SELECT * FROM decompose_move.not_moved(of_service) LOOP
        RAISE WARNING 'not moved: % % of %', item.kind, item.name, item.table_name;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION decompose_move.set_sequences(of_service text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
    sequence text;
    highest bigint;
BEGIN
    FOR item IN SELECT * FROM decompose_source_catalogue.column_of c
                 WHERE c.service = of_service AND (c.identity <> '' OR c.default_value LIKE 'nextval(%') LOOP
        sequence := pg_get_serial_sequence(format('%I.%I', of_service, item.table_name), item.column_name);
        EXECUTE format('SELECT max(%I) FROM %I.%I', item.column_name, of_service, item.table_name) INTO highest;
        IF sequence IS NOT NULL AND greatest(highest, item.last_value) IS NOT NULL THEN
            PERFORM setval(sequence::regclass, greatest(highest, item.last_value));
        END IF;
    END LOOP;
END $$;

-- The way back, in the new database: what was written here since the switch goes to the old one.
CREATE OR REPLACE FUNCTION decompose_move.copy_back(of_service text) RETURNS TABLE (table_name text, rows_here bigint, rows_there bigint)
LANGUAGE plpgsql AS $$
DECLARE
    item record;
    here record;
    there record;
BEGIN
    IF EXISTS (SELECT FROM decompose_source_catalogue.moved m WHERE m.service = of_service AND m.state <> 'moved') THEN
        RAISE EXCEPTION 'the old database does not take rows for %: reopen it there first', of_service;
    END IF;
    IF NOT decompose_move.has_switched(of_service) THEN
        RAISE EXCEPTION '% has not switched, or has gone back already: the old database is the one that counts', of_service;
    END IF;
    FOR item IN SELECT DISTINCT c.table_name FROM decompose_source_catalogue.column_of c WHERE c.service = of_service ORDER BY 1 LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER decompose_frozen BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION decompose_move.refuse()', of_service, item.table_name);
        PERFORM decompose_move.make_equal(
            format('decompose_source.%I', item.table_name)::regclass, format('%I.%I', of_service, item.table_name)::regclass, item.table_name);
        here := decompose_move.fingerprint(format('%I.%I', of_service, item.table_name)::regclass);
        there := decompose_move.fingerprint(format('decompose_source.%I', item.table_name)::regclass);
        IF here IS DISTINCT FROM there THEN
            RAISE EXCEPTION '%: this database has %, the old one %', item.table_name, here, there;
        END IF;
        table_name := item.table_name;
        rows_here := here.row_count;
        rows_there := there.row_count;
        RETURN NEXT;
    END LOOP;
    DELETE FROM decompose_move.moved WHERE service = of_service;
END $$;

-- The way back ends in the old database: keys among the tables are there again, and numbers go on after the highest.
CREATE OR REPLACE FUNCTION decompose_move.close_way_back(of_service text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
    sequence text;
    highest bigint;
BEGIN
    PERFORM decompose_move.restore_keys(of_service, true);
    FOR item IN SELECT * FROM decompose_move.always_generated a WHERE a.service = of_service LOOP
        EXECUTE format('ALTER TABLE %I.%I ALTER COLUMN %I SET GENERATED ALWAYS', of_service, item.table_name, item.column_name);
    END LOOP;
    DELETE FROM decompose_move.always_generated a WHERE a.service = of_service;
    FOR item IN SELECT * FROM decompose_move.quiet_trigger q WHERE q.service = of_service LOOP
        EXECUTE format('ALTER TABLE %I.%I ENABLE TRIGGER %I', of_service, item.table_name, item.trigger_name);
    END LOOP;
    DELETE FROM decompose_move.quiet_trigger q WHERE q.service = of_service;
    FOR item IN SELECT * FROM decompose_move.column_of c WHERE c.service = of_service LOOP
        sequence := pg_get_serial_sequence(format('%I.%I', of_service, item.table_name), item.column_name);
        IF sequence IS NOT NULL THEN
            EXECUTE format('SELECT max(%I) FROM %I.%I', item.column_name, of_service, item.table_name) INTO highest;
            IF highest IS NOT NULL AND highest > coalesce(pg_sequence_last_value(sequence::regclass), 0) THEN
                PERFORM setval(sequence::regclass, highest);
            END IF;
        END IF;
    END LOOP;
END $$;

-- Splitting a table by columns: some columns go to a table of another service that has the same key

CREATE TABLE IF NOT EXISTS decompose_move.column_split (
    table_name text NOT NULL,
    service text NOT NULL,
    columns text[] NOT NULL,
    state text NOT NULL DEFAULT 'copied' CHECK (state IN ('copied', 'switched', 'contracted')),
    PRIMARY KEY (table_name, service)
);
COMMENT ON TABLE decompose_move.column_split IS 'columns that go to another service: copied -> switched -> contracted';

CREATE OR REPLACE FUNCTION decompose_move.key_columns(relation regclass) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT array_agg(a.attname::text ORDER BY a.attname)
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = relation AND i.indisprimary
$$;

-- A list of columns, each written by a pattern in which %1$I stands for the name.
CREATE OR REPLACE FUNCTION decompose_move.listed(names text[], pattern text, separator text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT string_agg(format(pattern, name), separator ORDER BY name) FROM unnest(names) AS name $$;

-- Rows of the old table are followed by those of the new one: all before the switch, only new and deleted ones after it.
CREATE OR REPLACE FUNCTION decompose_move.follow() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    keys text[] := decompose_move.key_columns(TG_RELID);
    wanted text[] := string_to_array(TG_ARGV[2], ',');
    same_key text := decompose_move.listed(keys, 't.%1$I = ($1).%1$I', ' AND ');
BEGIN
    IF TG_OP IN ('DELETE', 'UPDATE') THEN
        IF TG_OP = 'DELETE' OR NOT (to_jsonb(NEW) @> (SELECT jsonb_object_agg(k, to_jsonb(OLD) -> k) FROM unnest(keys) AS k)) THEN
            EXECUTE format('DELETE FROM %I.%I t WHERE %s', TG_ARGV[0], TG_ARGV[1], same_key) USING OLD;
        END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        EXECUTE format('INSERT INTO %I.%I (%s) SELECT %s ON CONFLICT (%s) DO UPDATE SET %s', TG_ARGV[0], TG_ARGV[1],
            decompose_move.listed(keys || wanted, '%1$I', ', '), decompose_move.listed(keys || wanted, '($1).%1$I', ', '),
            decompose_move.listed(keys, '%1$I', ', '), decompose_move.listed(wanted, '%1$I = excluded.%1$I', ', ')) USING NEW;
    END IF;
    RETURN NULL;
END $$;

-- After the switch the old columns show what the new table holds, so that old code still reads what is true.
CREATE OR REPLACE FUNCTION decompose_move.follow_back() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    keys text[] := decompose_move.key_columns(TG_RELID);
    wanted text[] := string_to_array(TG_ARGV[1], ',');
BEGIN
    EXECUTE format('UPDATE %s t SET %s WHERE %s', decompose_move.place_of(TG_ARGV[0]),
        decompose_move.listed(wanted, '%1$I = ($1).%1$I', ', '), decompose_move.listed(keys, 't.%1$I = ($1).%1$I', ' AND ')) USING NEW;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION decompose_move.refuse_columns() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY string_to_array(TG_ARGV[1], ',') LOOP
        IF to_jsonb(NEW) -> name IS DISTINCT FROM to_jsonb(OLD) -> name AND pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION '%.% has moved to %: write there', TG_TABLE_NAME, name, TG_ARGV[0];
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION decompose_move.split_columns(of_table text, to_service text, wanted text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    source regclass := decompose_move.place_of(of_table);
    keys text[] := decompose_move.key_columns(source);
    target text := format('%I.%I', to_service, of_table || '_' || to_service);
    listed text;
    number bigint;
BEGIN
    IF keys IS NULL THEN
        RAISE EXCEPTION '% is not in this database, or has no primary key to tie its parts by', of_table;
    END IF;
    IF EXISTS (SELECT FROM decompose_move.column_split c WHERE c.table_name = of_table AND c.service = to_service AND c.state <> 'copied') THEN
        RAISE EXCEPTION 'the columns of % have switched to %: a copy would undo what was written there since', of_table, to_service;
    END IF;
    SELECT string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
               CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END), ', ' ORDER BY a.attnum) INTO listed
    FROM pg_attribute a WHERE a.attrelid = source AND a.attname = ANY (keys || wanted) AND NOT a.attisdropped;
    IF (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = source AND a.attname = ANY (wanted) AND NOT a.attisdropped) < cardinality(wanted) THEN
        RAISE EXCEPTION '% does not have all of the columns %', of_table, wanted;
    END IF;
    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', to_service);
    EXECUTE format('CREATE TABLE IF NOT EXISTS %s (%s, PRIMARY KEY (%s))', target, listed, decompose_move.listed(keys, '%1$I', ', '));
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', source);
    EXECUTE format('DELETE FROM %s t WHERE NOT EXISTS (SELECT FROM %s s WHERE %s AND ROW(%s)::text = ROW(%s)::text)', target, source,
        decompose_move.listed(keys, 's.%1$I = t.%1$I', ' AND '), decompose_move.listed(wanted, 's.%1$I', ', '), decompose_move.listed(wanted, 't.%1$I', ', '));
    EXECUTE format('INSERT INTO %s (%s) SELECT %s FROM %s s WHERE NOT EXISTS (SELECT FROM %s t WHERE %s)', target,
        decompose_move.listed(keys || wanted, '%1$I', ', '), decompose_move.listed(keys || wanted, 's.%1$I', ', '), source, target,
        decompose_move.listed(keys, 's.%1$I = t.%1$I', ' AND '));
    GET DIAGNOSTICS number = ROW_COUNT;
    EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION decompose_move.follow(%L, %L, %L)',
        'decompose_follow_' || to_service, source, to_service, of_table || '_' || to_service, array_to_string(wanted, ','));
    INSERT INTO decompose_move.column_split (table_name, service, columns) VALUES (of_table, to_service, wanted) ON CONFLICT DO NOTHING;
    RETURN number;
END $$;

CREATE OR REPLACE FUNCTION decompose_move.verify_columns(of_table text, to_service text, OUT rows_old bigint, OUT rows_new bigint)
LANGUAGE plpgsql AS $$
DECLARE
    item record;
    source regclass := decompose_move.place_of(of_table);
    target text := format('%I.%I', to_service, of_table || '_' || to_service);
    listed text;
    differing bigint;
BEGIN
    SELECT * INTO STRICT item FROM decompose_move.column_split c WHERE c.table_name = of_table AND c.service = to_service;
    listed := decompose_move.listed(decompose_move.key_columns(source) || item.columns, '%1$I', ', ');
    EXECUTE format('SELECT count(*) FROM %s', source) INTO rows_old;
    EXECUTE format('SELECT count(*) FROM %s', target) INTO rows_new;
    EXECUTE format('SELECT count(*) FROM (SELECT ROW(%s)::text FROM %s EXCEPT SELECT ROW(%s)::text FROM %s) AS d', listed, source, listed, target) INTO differing;
    IF rows_old <> rows_new OR differing > 0 THEN
        RAISE EXCEPTION '%: % rows, and % in %, of which % differ', of_table, rows_old, rows_new, target, differing;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION decompose_move.switch_columns(of_table text, to_service text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
    source regclass := decompose_move.place_of(of_table);
    target text := format('%I.%I', to_service, of_table || '_' || to_service);
BEGIN
    SELECT * INTO STRICT item FROM decompose_move.column_split c WHERE c.table_name = of_table AND c.service = to_service;
    IF item.state <> 'copied' THEN
        RETURN;
    END IF;
    PERFORM decompose_move.verify_columns(of_table, to_service);
    EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER INSERT OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION decompose_move.follow(%L, %L, %L)',
        'decompose_follow_' || to_service, source, to_service, of_table || '_' || to_service, array_to_string(item.columns, ','));
    EXECUTE format('CREATE OR REPLACE TRIGGER %I BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION decompose_move.refuse_columns(%L, %L)',
        'decompose_refuse_' || to_service, source, to_service, array_to_string(item.columns, ','));
    EXECUTE format('CREATE OR REPLACE TRIGGER decompose_follow_back AFTER UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION decompose_move.follow_back(%L, %L)',
        target, of_table, array_to_string(item.columns, ','));
    UPDATE decompose_move.column_split c SET state = 'switched' WHERE c.table_name = of_table AND c.service = to_service;
END $$;

-- Drop what ties the two tables. The view under the old name, if it is there, is made again without or with the columns.
CREATE OR REPLACE FUNCTION decompose_move.untie_columns(of_table text, to_service text, change text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    source regclass := decompose_move.place_of(of_table);
    placed record;
    viewed boolean := false;
BEGIN
    EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', 'decompose_follow_' || to_service, source);
    EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', 'decompose_refuse_' || to_service, source);
    EXECUTE format('DROP TRIGGER IF EXISTS decompose_follow_back ON %I.%I', to_service, of_table || '_' || to_service);
    SELECT * INTO placed FROM decompose_move.moved m WHERE m.table_name = of_table AND m.state = 'moved';
    IF FOUND THEN
        viewed := to_regclass(format('%I.%I', placed.from_schema, of_table)) IS NOT NULL;
        EXECUTE format('DROP VIEW IF EXISTS %I.%I', placed.from_schema, of_table);
    END IF;
    EXECUTE change;
    IF viewed THEN
        PERFORM decompose_move.leave_view(placed.service, of_table, placed.from_schema);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION decompose_move.contract_columns(of_table text, to_service text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
    source regclass := decompose_move.place_of(of_table);
BEGIN
    SELECT * INTO STRICT item FROM decompose_move.column_split c WHERE c.table_name = of_table AND c.service = to_service;
    IF item.state = 'contracted' THEN
        RETURN;
    ELSIF item.state <> 'switched' THEN
        RAISE EXCEPTION 'the columns of % have not switched to % yet', of_table, to_service;
    END IF;
    IF EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
               WHERE i.indrelid = source AND a.attname = ANY (item.columns)) THEN
        RAISE EXCEPTION 'an index of % covers one of the columns %', of_table, item.columns
        USING HINT = 'Make it on the new table and drop it here: dropping the column would drop it without a way back.';
    END IF;
    PERFORM decompose_move.verify_columns(of_table, to_service);
    PERFORM decompose_move.untie_columns(of_table, to_service,
        format('ALTER TABLE %s %s', source, decompose_move.listed(item.columns, 'DROP COLUMN %1$I', ', ')));
    UPDATE decompose_move.column_split c SET state = 'contracted' WHERE c.table_name = of_table AND c.service = to_service;
END $$;

-- The way back: the columns are in the old table again, with what was written since; they stand at its end.
CREATE OR REPLACE FUNCTION decompose_move.columns_back(of_table text, to_service text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    item record;
    source regclass := decompose_move.place_of(of_table);
    target text := format('%I.%I', to_service, of_table || '_' || to_service);
    added text;
    strict_ones text;
    keys text[] := decompose_move.key_columns(source);
BEGIN
    SELECT * INTO item FROM decompose_move.column_split c WHERE c.table_name = of_table AND c.service = to_service;
    IF item.table_name IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('LOCK TABLE %s, %s IN ACCESS EXCLUSIVE MODE', source, target);
    SELECT string_agg(format('ADD COLUMN %I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', '),
           string_agg(format('ALTER COLUMN %I SET NOT NULL', a.attname), ', ') FILTER (WHERE a.attnotnull)
    INTO added, strict_ones
    FROM pg_attribute a WHERE a.attrelid = target::regclass AND a.attname = ANY (item.columns) AND NOT a.attisdropped;
    PERFORM decompose_move.untie_columns(of_table, to_service,
        CASE WHEN item.state = 'contracted' THEN format('ALTER TABLE %s %s', source, added) ELSE 'SELECT' END);
    IF item.state <> 'copied' THEN
        EXECUTE format('UPDATE %s t SET %s FROM %s s WHERE %s', source, decompose_move.listed(item.columns, '%1$I = s.%1$I', ', '), target,
            decompose_move.listed(keys, 's.%1$I = t.%1$I', ' AND '));
        PERFORM decompose_move.verify_columns(of_table, to_service);
    END IF;
    IF item.state = 'contracted' AND strict_ones IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %s %s', source, strict_ones);
    END IF;
    EXECUTE format('DROP TABLE %s', target);
    DELETE FROM decompose_move.column_split c WHERE c.table_name = of_table AND c.service = to_service;
END $$;
