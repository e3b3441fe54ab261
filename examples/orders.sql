-- An order-entry warehouse for Snowflake: who orders which parts, and which suppliers deliver them.
-- Eight tables at the proportions of the TPC-H scale factors: at scale 1, 5 regions, 25 nations, 10,000
-- suppliers, 150,000 customers, 200,000 parts, 800,000 part-suppliers, 1,500,000 orders, 6,000,000 lines.

CREATE OR REPLACE TABLE regions (
    region_id   NUMBER(38, 0) NOT NULL PRIMARY KEY,
    region_code VARCHAR(6) NOT NULL UNIQUE,
    comment     VARCHAR(120)
);

CREATE OR REPLACE TABLE nations (
    nation_id    NUMBER(9, 0) NOT NULL PRIMARY KEY,
    country      VARCHAR(64) NOT NULL,
    country_code CHAR(2) NOT NULL,
    region_id    NUMBER(38, 0) NOT NULL,
    comment      VARCHAR(120),
    FOREIGN KEY (region_id) REFERENCES regions (region_id)
);

CREATE OR REPLACE TABLE suppliers (
    supplier_id   NUMBER(9, 0) AUTOINCREMENT START 1 INCREMENT 1 PRIMARY KEY,
    company_name  VARCHAR(80) NOT NULL,
    street        VARCHAR(80) NOT NULL,
    nation_id     NUMBER(9, 0) NOT NULL REFERENCES nations (nation_id),
    phone         VARCHAR(24),
    account_total NUMBER(12, 2) NOT NULL,
    details       VARIANT
);

CREATE OR REPLACE TABLE customers (
    customer_id  NUMBER(9, 0) NOT NULL PRIMARY KEY,
    full_name    VARCHAR(80) NOT NULL,
    email        VARCHAR(100) NOT NULL UNIQUE,
    street       VARCHAR(80),
    city         VARCHAR(40),
    nation_id    NUMBER(9, 0) NOT NULL REFERENCES nations (nation_id),
    balance      NUMBER(12, 2) NOT NULL,
    segment_code CHAR(4) NOT NULL,
    is_active    BOOLEAN NOT NULL,
    created_at   TIMESTAMP_NTZ NOT NULL
);

CREATE OR REPLACE TABLE parts (
    part_id      NUMBER(9, 0) NOT NULL PRIMARY KEY,
    part_name    VARCHAR(60) NOT NULL,
    brand_code   CHAR(10) NOT NULL,
    size         NUMBER(4, 0) NOT NULL,
    retail_price NUMBER(12, 2) NOT NULL,
    attributes   OBJECT,
    tags         ARRAY
);

CREATE OR REPLACE TABLE part_suppliers (
    part_id     NUMBER(9, 0) NOT NULL REFERENCES parts (part_id),
    supplier_id NUMBER(9, 0) NOT NULL REFERENCES suppliers (supplier_id),
    quantity    NUMBER(9, 0) NOT NULL,
    supply_cost NUMBER(12, 2) NOT NULL,
    comment     VARCHAR(120),
    PRIMARY KEY (part_id, supplier_id)
);

CREATE OR REPLACE TABLE orders (
    order_id    NUMBER(18, 0) NOT NULL PRIMARY KEY,
    customer_id NUMBER(9, 0) NOT NULL REFERENCES customers (customer_id),
    status      VARCHAR(12) NOT NULL,
    total_price NUMBER(14, 2) NOT NULL,
    order_date  DATE NOT NULL,
    priority    NUMBER(1, 0) NOT NULL,
    placed_at   TIMESTAMP_TZ(3),
    comment     VARCHAR(80)
)
CLUSTER BY (order_date);

CREATE OR REPLACE TABLE order_lines (
    order_id      NUMBER(18, 0) NOT NULL REFERENCES orders (order_id),
    line_number   NUMBER(4, 0) NOT NULL,
    part_id       NUMBER(9, 0) NOT NULL,
    supplier_id   NUMBER(9, 0) NOT NULL,
    quantity      NUMBER(6, 0) NOT NULL,
    line_price    NUMBER(14, 2) NOT NULL,
    discount_rate NUMBER(4, 2) NOT NULL,
    tax_rate      NUMBER(4, 2) NOT NULL,
    ship_date     DATE,
    receipt_date  DATE,
    ship_mode     VARCHAR(10),
    comment       VARCHAR(44),
    PRIMARY KEY (order_id, line_number),
    FOREIGN KEY (part_id, supplier_id) REFERENCES part_suppliers (part_id, supplier_id)
)
CLUSTER BY (ship_date);
