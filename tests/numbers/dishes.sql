-- Dishes and what goes into them.
-- violated: dishes | is_vegan AND NOT is_vegetarian
-- violated: (SELECT count(*) FILTER (WHERE is_vegetarian AND NOT is_vegan) AS others FROM dishes) | others = 0
-- violated: recipe_lines l JOIN wares w ON w.ware_id = l.component_id | l.uom <> w.uom
-- violated: (SELECT count(DISTINCT uom) AS units FROM wares) | units < 3
CREATE TABLE dishes (dish_id INTEGER PRIMARY KEY, is_vegan BOOLEAN NOT NULL, is_vegetarian BOOLEAN NOT NULL);
CREATE TABLE wares (ware_id INTEGER PRIMARY KEY, ware_name VARCHAR(60) NOT NULL, uom VARCHAR(10));
CREATE TABLE recipe_lines (line_id INTEGER PRIMARY KEY, component_id INTEGER NOT NULL REFERENCES wares (ware_id), quantity DECIMAL(8,2) NOT NULL, uom VARCHAR(10) NOT NULL);
