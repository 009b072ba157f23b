from ldap.ldapobject import LDAPObject


def initialize(uri, *args, **options) -> LDAPObject: ...
