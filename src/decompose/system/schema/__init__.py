"""Tables, columns and keys from all sources: models, migrations, DDL, live databases."""
