-- Procedures that copy the tables of a service into a database of its own, compare, switch, and go back. Written by decompose; read
-- them before you run them. They live in the database decompose_move, and may be created again at any time. They work from the
-- catalogue of the server, so that nothing is lost that the code does not show. What is done is kept in tables there, so that every
-- script can be run again. For the client mysql or mariadb; MySQL 5.7 and later, MariaDB 10.2 and later.
/*!80000 SET SESSION information_schema_stats_expiry = 0 */;
SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
CREATE DATABASE IF NOT EXISTS decompose_move;

-- The split: which service gets which table, where the table is, and how far it is on its way. new -> frozen -> switched.
CREATE TABLE IF NOT EXISTS decompose_move.owner (
    service VARCHAR(64) CHARACTER SET utf8mb3 NOT NULL,
    table_name VARCHAR(64) CHARACTER SET utf8mb3 NOT NULL,
    old_database VARCHAR(64) CHARACTER SET utf8mb3 NOT NULL,
    state VARCHAR(10) CHARACTER SET utf8mb3 NOT NULL DEFAULT 'new',
    PRIMARY KEY (service, table_name)
);

-- Keys between services that the code shows, and that may be cut.
CREATE TABLE IF NOT EXISTS decompose_move.known_key (
    table_name VARCHAR(64) CHARACTER SET utf8mb3 NOT NULL,
    column_names VARCHAR(190) CHARACTER SET utf8mb3 NOT NULL,
    target_table VARCHAR(64) CHARACTER SET utf8mb3 NOT NULL,
    PRIMARY KEY (table_name, column_names, target_table)
);

-- Keys that were cut, with what it takes to put them back.
CREATE TABLE IF NOT EXISTS decompose_move.cut_key (
    in_database VARCHAR(64) CHARACTER SET utf8mb3 NOT NULL,
    table_name VARCHAR(64) CHARACTER SET utf8mb3 NOT NULL,
    constraint_name VARCHAR(64) CHARACTER SET utf8mb3 NOT NULL,
    statement TEXT CHARACTER SET utf8mb3 NOT NULL,
    cut_by VARCHAR(64) CHARACTER SET utf8mb3 NOT NULL,
    PRIMARY KEY (in_database, table_name, constraint_name)
);

-- What the comparison found, for the last time that it ran.
CREATE TABLE IF NOT EXISTS decompose_move.compared (
    service VARCHAR(64) CHARACTER SET utf8mb3 NOT NULL,
    table_name VARCHAR(64) CHARACTER SET utf8mb3 NOT NULL,
    rows_old BIGINT NOT NULL,
    rows_new BIGINT NOT NULL,
    checksum_old VARCHAR(40) NOT NULL,
    checksum_new VARCHAR(40) NOT NULL,
    PRIMARY KEY (service, table_name)
);

-- Every foreign key of the server, with the services of its two tables, and how it is written.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW decompose_move.key_of AS
    SELECT k.CONSTRAINT_SCHEMA AS in_database, k.TABLE_NAME AS table_name, k.CONSTRAINT_NAME AS constraint_name,
           k.REFERENCED_TABLE_SCHEMA AS target_database, k.REFERENCED_TABLE_NAME AS target_table,
           s.service AS service, t.service AS target_service,
           GROUP_CONCAT(k.COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR ',') AS column_names,
           GROUP_CONCAT('`', REPLACE(k.COLUMN_NAME, '`', '``'), '`' ORDER BY k.ORDINAL_POSITION SEPARATOR ', ') AS quoted,
           GROUP_CONCAT('`', REPLACE(k.REFERENCED_COLUMN_NAME, '`', '``'), '`' ORDER BY k.ORDINAL_POSITION SEPARATOR ', ') AS target_quoted,
           MIN(CONCAT(' ON DELETE ', r.DELETE_RULE, ' ON UPDATE ', r.UPDATE_RULE)) AS actions
    FROM information_schema.KEY_COLUMN_USAGE k
    JOIN information_schema.REFERENTIAL_CONSTRAINTS r
      ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
    LEFT JOIN decompose_move.owner s ON s.old_database = k.CONSTRAINT_SCHEMA AND s.table_name = k.TABLE_NAME
    LEFT JOIN decompose_move.owner t ON t.old_database = k.REFERENCED_TABLE_SCHEMA AND t.table_name = k.REFERENCED_TABLE_NAME
    WHERE k.REFERENCED_TABLE_NAME IS NOT NULL
    GROUP BY k.CONSTRAINT_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME, s.service, t.service;

-- Every trigger on a table of a service. It can go along where its text names no table or view of others, and calls nothing.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW decompose_move.trigger_of AS
    SELECT o.service AS service, o.table_name AS table_name, t.TRIGGER_NAME AS trigger_name, t.ACTION_TIMING AS timing,
           t.EVENT_MANIPULATION AS event, t.ACTION_ORDER AS position, t.ACTION_STATEMENT AS statement, t.SQL_MODE AS mode,
           t.ACTION_STATEMENT NOT REGEXP '(^|[^a-z0-9_$])call[^a-z0-9_$]'
           AND INSTR(t.ACTION_STATEMENT, CONCAT('`', o.old_database, '`.')) = 0 AND INSTR(t.ACTION_STATEMENT, CONCAT(o.old_database, '.')) = 0
           AND NOT EXISTS (
               SELECT 1 FROM information_schema.ROUTINES r
               WHERE r.ROUTINE_SCHEMA = o.old_database
                 AND t.ACTION_STATEMENT REGEXP CONCAT('(^|[^a-z0-9_$])', REPLACE(r.ROUTINE_NAME, '$', '[$]'), '[`[:space:]]*[(]'))
           AND NOT EXISTS (
               SELECT 1 FROM information_schema.TABLES x
               LEFT JOIN decompose_move.owner w ON w.old_database = x.TABLE_SCHEMA AND w.table_name = x.TABLE_NAME
               WHERE x.TABLE_SCHEMA = o.old_database AND NOT (w.service <=> o.service)
                 AND t.ACTION_STATEMENT REGEXP CONCAT('(^|[^a-z0-9_$])', REPLACE(x.TABLE_NAME, '$', '[$]'), '([^a-z0-9_$]|$)')) AS alone
    FROM information_schema.TRIGGERS t
    JOIN decompose_move.owner o ON o.old_database = t.EVENT_OBJECT_SCHEMA AND o.table_name = t.EVENT_OBJECT_TABLE
    WHERE t.TRIGGER_NAME NOT LIKE 'decompose\_%';

-- Every view that reads a table of a service. It can go along where it reads nothing else, and calls no function of the old database.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW decompose_move.view_of AS
    SELECT DISTINCT o.service AS service, v.TABLE_SCHEMA AS old_database, v.TABLE_NAME AS view_name, v.VIEW_DEFINITION AS definition,
           v.CHECK_OPTION AS check_option, v.SECURITY_TYPE AS security,
           NOT EXISTS (
               SELECT 1 FROM information_schema.TABLES x
               LEFT JOIN decompose_move.owner w ON w.old_database = x.TABLE_SCHEMA AND w.table_name = x.TABLE_NAME
               WHERE NOT (w.service <=> o.service) AND INSTR(v.VIEW_DEFINITION, CONCAT('`', x.TABLE_SCHEMA, '`.`', x.TABLE_NAME, '`')) > 0)
           AND NOT EXISTS (
               SELECT 1 FROM information_schema.ROUTINES r
               WHERE INSTR(v.VIEW_DEFINITION, CONCAT('`', r.ROUTINE_SCHEMA, '`.`', r.ROUTINE_NAME, '`')) > 0) AS alone
    FROM information_schema.VIEWS v
    JOIN decompose_move.owner o ON o.old_database = v.TABLE_SCHEMA
     AND INSTR(v.VIEW_DEFINITION, CONCAT('`', o.old_database, '`.`', o.table_name, '`')) > 0;

DELIMITER //

DROP PROCEDURE IF EXISTS decompose_move.stop //
CREATE PROCEDURE decompose_move.stop(IN message TEXT CHARACTER SET utf8mb4) SQL SECURITY INVOKER
BEGIN
    DECLARE told VARCHAR(128) CHARACTER SET utf8mb4 DEFAULT LEFT(message, 128);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = told;
END //

DROP PROCEDURE IF EXISTS decompose_move.run //
CREATE PROCEDURE decompose_move.run(IN statement LONGTEXT CHARACTER SET utf8mb4) SQL SECURITY INVOKER
BEGIN
    SET @decompose_statement = statement;
    PREPARE decompose_prepared FROM @decompose_statement;
    EXECUTE decompose_prepared;
    DEALLOCATE PREPARE decompose_prepared;
END //

DROP PROCEDURE IF EXISTS decompose_move.build_table //
CREATE PROCEDURE decompose_move.build_table(IN of_service VARCHAR(64) CHARACTER SET utf8mb3, IN wanted VARCHAR(64) CHARACTER SET utf8mb3)
SQL SECURITY INVOKER
BEGIN
    DECLARE place VARCHAR(64) CHARACTER SET utf8mb3;
    SELECT old_database INTO place FROM decompose_move.owner WHERE service = of_service AND table_name = wanted;
    IF place = of_service THEN
        CALL decompose_move.stop(CONCAT('the old database is called ', of_service, ' too: give the service another name'));
    END IF;
    IF EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = place AND TABLE_NAME = wanted AND TABLE_TYPE = 'BASE TABLE') THEN
        CALL decompose_move.run(CONCAT('CREATE TABLE IF NOT EXISTS `', REPLACE(of_service, '`', '``'), '`.`', REPLACE(wanted, '`', '``'),
            '` LIKE `', REPLACE(place, '`', '``'), '`.`', REPLACE(wanted, '`', '``'), '`'));
    ELSE
        SELECT CONCAT('the table ', place, '.', wanted, ' is not on this server: nothing to move') AS warning;
        DELETE FROM decompose_move.owner WHERE service = of_service AND table_name = wanted;
    END IF;
END //

-- Make the rows of one table equal to those of another: what differs is taken out, what is missing is put in.
DROP PROCEDURE IF EXISTS decompose_move.make_equal //
CREATE PROCEDURE decompose_move.make_equal(
    IN target VARCHAR(64) CHARACTER SET utf8mb3, IN source VARCHAR(64) CHARACTER SET utf8mb3, IN wanted VARCHAR(64) CHARACTER SET utf8mb3)
SQL SECURITY INVOKER
BEGIN
    DECLARE listed, of_source, same_row, same_key, here, there LONGTEXT CHARACTER SET utf8mb4;
    SET SESSION group_concat_max_len = 1000000;
    SET here = CONCAT('`', REPLACE(target, '`', '``'), '`.`', REPLACE(wanted, '`', '``'), '`');
    SET there = CONCAT('`', REPLACE(source, '`', '``'), '`.`', REPLACE(wanted, '`', '``'), '`');
    SELECT GROUP_CONCAT('`', REPLACE(COLUMN_NAME, '`', '``'), '`' ORDER BY ORDINAL_POSITION SEPARATOR ', '),
           GROUP_CONCAT('s.`', REPLACE(COLUMN_NAME, '`', '``'), '`' ORDER BY ORDINAL_POSITION SEPARATOR ', '),
           GROUP_CONCAT('CAST(s.`', REPLACE(COLUMN_NAME, '`', '``'), '` AS BINARY) <=> CAST(t.`', REPLACE(COLUMN_NAME, '`', '``'), '` AS BINARY)'
               ORDER BY ORDINAL_POSITION SEPARATOR ' AND ')
    INTO listed, of_source, same_row
    FROM information_schema.COLUMNS
    WHERE TABLE_SCHEMA = source AND TABLE_NAME = wanted AND EXTRA NOT REGEXP '(STORED|VIRTUAL|PERSISTENT)';
    SELECT GROUP_CONCAT('s.`', REPLACE(COLUMN_NAME, '`', '``'), '` = t.`', REPLACE(COLUMN_NAME, '`', '``'), '`' SEPARATOR ' AND ')
    INTO same_key
    FROM information_schema.KEY_COLUMN_USAGE
    WHERE TABLE_SCHEMA = source AND TABLE_NAME = wanted AND CONSTRAINT_NAME = 'PRIMARY';
    IF same_key IS NULL THEN
        CALL decompose_move.run(CONCAT('DELETE FROM ', here));
        CALL decompose_move.run(CONCAT('INSERT INTO ', here, ' (', listed, ') SELECT ', of_source, ' FROM ', there, ' s'));
    ELSE
        CALL decompose_move.run(CONCAT('DELETE t FROM ', here, ' t WHERE NOT EXISTS (SELECT 1 FROM ', there, ' s WHERE ', same_key, ' AND ', same_row, ')'));
        CALL decompose_move.run(CONCAT('INSERT INTO ', here, ' (', listed, ') SELECT ', of_source, ' FROM ', there,
            ' s WHERE NOT EXISTS (SELECT 1 FROM ', here, ' t WHERE ', same_key, ')'));
    END IF;
END //

-- Rows, and a sum over the hashes of all rows: the same whatever their order.
DROP PROCEDURE IF EXISTS decompose_move.fingerprint //
CREATE PROCEDURE decompose_move.fingerprint(
    IN place VARCHAR(64) CHARACTER SET utf8mb3, IN wanted VARCHAR(64) CHARACTER SET utf8mb3, OUT row_count BIGINT, OUT checksum VARCHAR(40))
SQL SECURITY INVOKER
BEGIN
    DECLARE listed LONGTEXT CHARACTER SET utf8mb4;
    SET SESSION group_concat_max_len = 1000000;
    -- A FLOAT is written with fewer digits than it holds, so it is widened first.
    SELECT GROUP_CONCAT('COALESCE(HEX(CAST(`', REPLACE(COLUMN_NAME, '`', '``'), '`', IF(DATA_TYPE = 'float', ' + 0e0', ''), ' AS BINARY)), ''-'')'
        ORDER BY COLUMN_NAME SEPARATOR ', ') INTO listed
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = place AND TABLE_NAME = wanted;
    CALL decompose_move.run(CONCAT('SELECT COUNT(*), COALESCE(SUM(CAST(CONV(LEFT(MD5(CONCAT_WS(''|'', ', listed, ')), 16), 16, 10) AS DECIMAL(30, 0))), 0) ',
        'INTO @decompose_rows, @decompose_sum FROM `', REPLACE(place, '`', '``'), '`.`', REPLACE(wanted, '`', '``'), '`'));
    SET row_count = @decompose_rows, checksum = @decompose_sum;
END //

DROP PROCEDURE IF EXISTS decompose_move.copy_tables //
CREATE PROCEDURE decompose_move.copy_tables(IN of_service VARCHAR(64) CHARACTER SET utf8mb3) SQL SECURITY INVOKER
BEGIN
    DECLARE done BOOLEAN DEFAULT FALSE;
    DECLARE wanted, place VARCHAR(64) CHARACTER SET utf8mb3;
    DECLARE tables CURSOR FOR SELECT table_name, old_database FROM decompose_move.owner WHERE service = of_service ORDER BY table_name;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        SET SESSION foreign_key_checks = 1;
        RESIGNAL;
    END;
    IF EXISTS (SELECT 1 FROM decompose_move.owner WHERE service = of_service AND state = 'switched') THEN
        CALL decompose_move.stop(CONCAT(of_service, ' has switched: a copy would undo what was written there since'));
    END IF;
    IF EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = of_service AND TRIGGER_NAME NOT LIKE 'decompose\_%') THEN
        CALL decompose_move.stop(CONCAT(of_service, ' has triggers, which would run for every row that is copied: see back-triggers.sql'));
    END IF;
    SET SESSION foreign_key_checks = 0;
    START TRANSACTION;
    OPEN tables;
    each_table: LOOP
        FETCH tables INTO wanted, place;
        IF done THEN LEAVE each_table; END IF;
        CALL decompose_move.make_equal(of_service, place, wanted);
        SET done = FALSE;
    END LOOP;
    CLOSE tables;
    COMMIT;
    SET SESSION foreign_key_checks = 1;
END //

-- Row counts and checksums of both sides of every table; stops at the first that differs.
DROP PROCEDURE IF EXISTS decompose_move.compare //
CREATE PROCEDURE decompose_move.compare(IN of_service VARCHAR(64) CHARACTER SET utf8mb3) SQL SECURITY INVOKER
BEGIN
    DECLARE done BOOLEAN DEFAULT FALSE;
    DECLARE wanted, place VARCHAR(64) CHARACTER SET utf8mb3;
    DECLARE n_old, n_new BIGINT;
    DECLARE sum_old, sum_new VARCHAR(40);
    DECLARE tables CURSOR FOR SELECT table_name, old_database FROM decompose_move.owner WHERE service = of_service ORDER BY table_name;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
    DELETE FROM decompose_move.compared WHERE service = of_service;
    OPEN tables;
    each_table: LOOP
        FETCH tables INTO wanted, place;
        IF done THEN LEAVE each_table; END IF;
        CALL decompose_move.fingerprint(place, wanted, n_old, sum_old);
        CALL decompose_move.fingerprint(of_service, wanted, n_new, sum_new);
        INSERT INTO decompose_move.compared VALUES (of_service, wanted, n_old, n_new, sum_old, sum_new);
        IF n_old <> n_new OR sum_old <> sum_new THEN
            CALL decompose_move.stop(CONCAT(wanted, ': ', n_old, ' rows in the old database, ', n_new, ' in the new one, or their checksums differ'));
        END IF;
        SET done = FALSE;
    END LOOP;
    CLOSE tables;
END //

-- The keys among the tables of a service, in its own database; the server checks every row against them.
DROP PROCEDURE IF EXISTS decompose_move.build_keys //
CREATE PROCEDURE decompose_move.build_keys(IN of_service VARCHAR(64) CHARACTER SET utf8mb3) SQL SECURITY INVOKER
BEGIN
    DECLARE done BOOLEAN DEFAULT FALSE;
    DECLARE statement LONGTEXT CHARACTER SET utf8mb4;
    DECLARE found CURSOR FOR
        SELECT CONCAT('ALTER TABLE `', REPLACE(of_service, '`', '``'), '`.`', REPLACE(k.table_name, '`', '``'), '` ADD CONSTRAINT `',
               REPLACE(k.constraint_name, '`', '``'), '` FOREIGN KEY (', k.quoted, ') REFERENCES `', REPLACE(of_service, '`', '``'), '`.`',
               REPLACE(k.target_table, '`', '``'), '` (', k.target_quoted, ')', k.actions)
        FROM decompose_move.key_of k
        WHERE k.service = of_service AND k.target_service = of_service
          AND NOT EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS c
                          WHERE c.TABLE_SCHEMA = of_service AND c.TABLE_NAME = k.table_name AND c.CONSTRAINT_NAME = k.constraint_name)
        ORDER BY k.table_name, k.constraint_name;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
    SET SESSION foreign_key_checks = 1;
    OPEN found;
    each_key: LOOP
        FETCH found INTO statement;
        IF done THEN LEAVE each_key; END IF;
        CALL decompose_move.run(statement);
        SET done = FALSE;
    END LOOP;
    CLOSE found;
END //

DROP PROCEDURE IF EXISTS decompose_move.verify //
CREATE PROCEDURE decompose_move.verify(IN of_service VARCHAR(64) CHARACTER SET utf8mb3) SQL SECURITY INVOKER
BEGIN
    CALL decompose_move.compare(of_service);
    CALL decompose_move.build_keys(of_service);
    SELECT * FROM decompose_move.compared WHERE service = of_service ORDER BY table_name;
    SELECT t.table_name, t.trigger_name AS trigger_that_is_not_moved, t.statement
    FROM decompose_move.trigger_of t WHERE t.service = of_service AND NOT t.alone ORDER BY 1, 2;
    SELECT t.table_name, t.trigger_name AS trigger_to_make_after_the_switch
    FROM decompose_move.trigger_of t WHERE t.service = of_service AND t.alone ORDER BY 1, 2;
    SELECT p.TABLE_NAME AS table_name, p.GRANTEE AS grantee, p.PRIVILEGE_TYPE AS grant_that_is_not_moved
    FROM information_schema.TABLE_PRIVILEGES p
    JOIN decompose_move.owner o ON o.old_database = p.TABLE_SCHEMA AND o.table_name = p.TABLE_NAME
    WHERE o.service = of_service ORDER BY 1, 2, 3;
    SELECT v.view_name AS view_that_is_not_moved, v.definition
    FROM decompose_move.view_of v WHERE v.service = of_service AND NOT v.alone ORDER BY 1;
END //

-- Cut all keys between a service and others. A key that the code did not show stops everything: nothing is changed then.
DROP PROCEDURE IF EXISTS decompose_move.cut_keys //
CREATE PROCEDURE decompose_move.cut_keys(IN of_service VARCHAR(64) CHARACTER SET utf8mb3) SQL SECURITY INVOKER
BEGIN
    DECLARE done BOOLEAN DEFAULT FALSE;
    DECLARE unknown_key VARCHAR(300) CHARACTER SET utf8mb3;
    DECLARE place, wanted, name VARCHAR(64) CHARACTER SET utf8mb3;
    DECLARE statement LONGTEXT CHARACTER SET utf8mb3;
    DECLARE found CURSOR FOR
        SELECT k.in_database, k.table_name, k.constraint_name,
               CONCAT('ALTER TABLE `', REPLACE(k.in_database, '`', '``'), '`.`', REPLACE(k.table_name, '`', '``'), '` ADD CONSTRAINT `',
                   REPLACE(k.constraint_name, '`', '``'), '` FOREIGN KEY (', k.quoted, ') REFERENCES `', REPLACE(k.target_database, '`', '``'), '`.`',
                   REPLACE(k.target_table, '`', '``'), '` (', k.target_quoted, ')', k.actions)
        FROM decompose_move.key_of k
        WHERE NOT (k.service <=> k.target_service) AND (k.service = of_service OR k.target_service = of_service)
        ORDER BY k.table_name, k.constraint_name;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
    SELECT MIN(CONCAT(k.constraint_name, ' of ', k.table_name, '(', k.column_names, ') to ', k.target_table)) INTO unknown_key
    FROM decompose_move.key_of k
    WHERE NOT (k.service <=> k.target_service) AND (k.service = of_service OR k.target_service = of_service)
      AND NOT EXISTS (SELECT 1 FROM decompose_move.known_key w
                      WHERE w.table_name = k.table_name AND w.column_names = k.column_names AND w.target_table = k.target_table);
    IF unknown_key IS NOT NULL THEN
        -- Find out who relies on it. Then add it to decompose_move.known_key, and run the script again.
        CALL decompose_move.stop(CONCAT('not in known_key, the code does not show it: ', unknown_key));
    END IF;
    OPEN found;
    each_key: LOOP
        FETCH found INTO place, wanted, name, statement;
        IF done THEN LEAVE each_key; END IF;
        REPLACE INTO decompose_move.cut_key VALUES (place, wanted, name, statement, of_service);
        CALL decompose_move.run(CONCAT('ALTER TABLE `', REPLACE(place, '`', '``'), '`.`', REPLACE(wanted, '`', '``'), '` DROP FOREIGN KEY `', REPLACE(name, '`', '``'), '`'));
        SET done = FALSE;
    END LOOP;
    CLOSE found;
END //

-- Put back the keys that a service cut; the server checks every row, and a row that breaks a key stops it.
DROP PROCEDURE IF EXISTS decompose_move.restore_keys //
CREATE PROCEDURE decompose_move.restore_keys(IN of_service VARCHAR(64) CHARACTER SET utf8mb3) SQL SECURITY INVOKER
BEGIN
    DECLARE done BOOLEAN DEFAULT FALSE;
    DECLARE place, wanted, name VARCHAR(64) CHARACTER SET utf8mb3;
    DECLARE text_of_it LONGTEXT CHARACTER SET utf8mb3;
    DECLARE found CURSOR FOR
        SELECT in_database, table_name, constraint_name, statement FROM decompose_move.cut_key WHERE cut_by = of_service ORDER BY 1, 2, 3;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
    SET SESSION foreign_key_checks = 1;
    OPEN found;
    each_key: LOOP
        FETCH found INTO place, wanted, name, text_of_it;
        IF done THEN LEAVE each_key; END IF;
        CALL decompose_move.run(text_of_it);
        DELETE FROM decompose_move.cut_key WHERE in_database = place AND table_name = wanted AND constraint_name = name;
        SET done = FALSE;
    END LOOP;
    CLOSE found;
END //

-- Numbers go on where they were: the counter of the other side, where it is higher.
DROP PROCEDURE IF EXISTS decompose_move.set_numbers //
CREATE PROCEDURE decompose_move.set_numbers(IN of_service VARCHAR(64) CHARACTER SET utf8mb3, IN going_back BOOLEAN) SQL SECURITY INVOKER
BEGIN
    DECLARE done BOOLEAN DEFAULT FALSE;
    DECLARE statement LONGTEXT CHARACTER SET utf8mb4;
    DECLARE found CURSOR FOR
        SELECT CONCAT('ALTER TABLE `', REPLACE(IF(going_back, o.old_database, of_service), '`', '``'), '`.`', REPLACE(o.table_name, '`', '``'),
               '` AUTO_INCREMENT = ', t.AUTO_INCREMENT)
        FROM decompose_move.owner o
        JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = IF(going_back, of_service, o.old_database) AND t.TABLE_NAME = o.table_name
        WHERE o.service = of_service AND t.AUTO_INCREMENT IS NOT NULL
        ORDER BY o.table_name;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
    OPEN found;
    each_table: LOOP
        FETCH found INTO statement;
        IF done THEN LEAVE each_table; END IF;
        CALL decompose_move.run(statement);
        SET done = FALSE;
    END LOOP;
    CLOSE found;
END //

-- Views that read tables of this service alone, as they are in the old database. One that cannot be made is told, and stops nothing.
DROP PROCEDURE IF EXISTS decompose_move.build_views //
CREATE PROCEDURE decompose_move.build_views(IN of_service VARCHAR(64) CHARACTER SET utf8mb3) SQL SECURITY INVOKER
BEGIN
    DECLARE done BOOLEAN DEFAULT FALSE;
    DECLARE wanted VARCHAR(64) CHARACTER SET utf8mb3;
    DECLARE statement LONGTEXT CHARACTER SET utf8mb4;
    DECLARE found CURSOR FOR
        SELECT v.view_name, CONCAT('CREATE SQL SECURITY ', v.security, ' VIEW `', REPLACE(of_service, '`', '``'), '`.`', REPLACE(v.view_name, '`', '``'), '` AS ',
               REPLACE(v.definition, CONCAT('`', v.old_database, '`.'), CONCAT('`', REPLACE(of_service, '`', '``'), '`.')),
               IF(v.check_option = 'NONE', '', CONCAT(' WITH ', v.check_option, ' CHECK OPTION')))
        FROM decompose_move.view_of v
        WHERE v.service = of_service AND v.alone
          AND NOT EXISTS (SELECT 1 FROM information_schema.TABLES x WHERE x.TABLE_SCHEMA = of_service AND x.TABLE_NAME = v.view_name)
        ORDER BY v.view_name;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
    OPEN found;
    each_view: LOOP
        FETCH found INTO wanted, statement;
        IF done THEN LEAVE each_view; END IF;
        BEGIN
            DECLARE CONTINUE HANDLER FOR SQLEXCEPTION SELECT wanted AS view_that_cannot_be_made, statement AS by_hand;
            CALL decompose_move.run(statement);
        END;
        SET done = FALSE;
    END LOOP;
    CLOSE found;
END //

-- Triggers cannot be made by a prepared statement on every server: their statements are printed, for the client to run.
DROP PROCEDURE IF EXISTS decompose_move.print_triggers //
CREATE PROCEDURE decompose_move.print_triggers(IN of_service VARCHAR(64) CHARACTER SET utf8mb3) SQL SECURITY INVOKER
BEGIN
    IF EXISTS (SELECT 1 FROM decompose_move.owner WHERE service = of_service AND state <> 'switched') THEN
        CALL decompose_move.stop(CONCAT(of_service, ' has not switched yet: its triggers would run for every row that is copied'));
    END IF;
    SELECT 'DELIMITER //decompose//' AS statement;
    SELECT CONCAT('SET SESSION sql_mode = ', QUOTE(t.mode), '//decompose//\nDROP TRIGGER IF EXISTS `', REPLACE(of_service, '`', '``'), '`.`',
        REPLACE(t.trigger_name, '`', '``'), '`//decompose//\nCREATE TRIGGER `', REPLACE(of_service, '`', '``'), '`.`', REPLACE(t.trigger_name, '`', '``'),
        '` ', t.timing, ' ', t.event, ' ON `', REPLACE(of_service, '`', '``'), '`.`', REPLACE(t.table_name, '`', '``'), '` FOR EACH ROW ', t.statement,
        '//decompose//') AS statement
    FROM decompose_move.trigger_of t WHERE t.service = of_service AND t.alone ORDER BY t.table_name, t.event, t.timing, t.position;
END //

DROP PROCEDURE IF EXISTS decompose_move.print_trigger_drops //
CREATE PROCEDURE decompose_move.print_trigger_drops(IN of_service VARCHAR(64) CHARACTER SET utf8mb3) SQL SECURITY INVOKER
BEGIN
    SELECT CONCAT('DROP TRIGGER IF EXISTS `', REPLACE(of_service, '`', '``'), '`.`', REPLACE(TRIGGER_NAME, '`', '``'), '`;') AS statement
    FROM information_schema.TRIGGERS
    WHERE EVENT_OBJECT_SCHEMA = of_service AND TRIGGER_NAME NOT LIKE 'decompose\_%' ORDER BY TRIGGER_NAME;
END //

DROP PROCEDURE IF EXISTS decompose_move.switch_to //
CREATE PROCEDURE decompose_move.switch_to(IN of_service VARCHAR(64) CHARACTER SET utf8mb3) SQL SECURITY INVOKER
BEGIN
    IF EXISTS (SELECT 1 FROM decompose_move.owner WHERE service = of_service AND state = 'new') THEN
        CALL decompose_move.stop(CONCAT('the old database still takes writes for ', of_service, ': freeze it first'));
    END IF;
    IF EXISTS (SELECT 1 FROM decompose_move.owner WHERE service = of_service AND state = 'frozen') THEN
        CALL decompose_move.verify(of_service);
        CALL decompose_move.set_numbers(of_service, FALSE);
        CALL decompose_move.build_views(of_service);
        UPDATE decompose_move.owner SET state = 'switched' WHERE service = of_service;
    END IF;
END //

-- The old tables may only be dropped when the new ones count, and nothing points to them any more.
DROP PROCEDURE IF EXISTS decompose_move.may_drop //
CREATE PROCEDURE decompose_move.may_drop(IN of_service VARCHAR(64) CHARACTER SET utf8mb3) SQL SECURITY INVOKER
BEGIN
    IF EXISTS (SELECT 1 FROM decompose_move.owner WHERE service = of_service AND state <> 'switched') THEN
        CALL decompose_move.stop(CONCAT(of_service, ' has not switched yet'));
    END IF;
    IF EXISTS (SELECT 1 FROM decompose_move.key_of k WHERE k.target_service = of_service AND NOT (k.service <=> of_service)) THEN
        CALL decompose_move.stop(CONCAT('a key of another service still points to a table of ', of_service));
    END IF;
END //

DROP PROCEDURE IF EXISTS decompose_move.copy_back //
CREATE PROCEDURE decompose_move.copy_back(IN of_service VARCHAR(64) CHARACTER SET utf8mb3) SQL SECURITY INVOKER
BEGIN
    DECLARE done BOOLEAN DEFAULT FALSE;
    DECLARE wanted, place VARCHAR(64) CHARACTER SET utf8mb3;
    DECLARE tables CURSOR FOR
        SELECT table_name, old_database FROM decompose_move.owner WHERE service = of_service AND state = 'switched' ORDER BY table_name;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        SET SESSION foreign_key_checks = 1;
        RESIGNAL;
    END;
    IF EXISTS (SELECT 1 FROM decompose_move.owner WHERE service = of_service AND state = 'switched') THEN
        SET SESSION foreign_key_checks = 0;
        START TRANSACTION;
        OPEN tables;
        each_table: LOOP
            FETCH tables INTO wanted, place;
            IF done THEN LEAVE each_table; END IF;
            CALL decompose_move.make_equal(place, of_service, wanted);
            SET done = FALSE;
        END LOOP;
        CLOSE tables;
        CALL decompose_move.compare(of_service);
        COMMIT;
        SET SESSION foreign_key_checks = 1;
        CALL decompose_move.set_numbers(of_service, TRUE);
    END IF;
    CALL decompose_move.restore_keys(of_service);
    UPDATE decompose_move.owner SET state = 'new' WHERE service = of_service;
END //

DELIMITER ;
