-- A chain of bicycle shops: who buys what where, what becomes of the orders, and what its workshops earn.

CREATE TABLE cities (
    city_id      INT PRIMARY KEY,
    city         VARCHAR(30) NOT NULL UNIQUE,
    country_code CHAR(2) NOT NULL,
    inhabitants  INT NOT NULL
);

CREATE TABLE stores (
    store_id      INT PRIMARY KEY,
    store_name    VARCHAR(40) NOT NULL,
    city_id       INT NOT NULL REFERENCES cities (city_id),
    square_metres INT NOT NULL
);

CREATE TABLE days (
    day_key    INT PRIMARY KEY,
    day        DATE NOT NULL UNIQUE,
    year       INT NOT NULL,
    month      INT NOT NULL,
    weekday    VARCHAR(9) NOT NULL,
    is_holiday BOOLEAN NOT NULL
);

CREATE TABLE products (
    product_id INT PRIMARY KEY,
    category   VARCHAR(20) NOT NULL,
    kind       VARCHAR(20) NOT NULL,
    brand      VARCHAR(20) NOT NULL,
    unit_cost  DECIMAL(8,2) NOT NULL,
    list_price DECIMAL(8,2) NOT NULL
);

CREATE TABLE customers (
    customer_id    INT PRIMARY KEY,
    first_name     VARCHAR(30) NOT NULL,
    last_name      VARCHAR(40) NOT NULL,
    city_id        INT NOT NULL REFERENCES cities (city_id),
    income         INT NOT NULL,
    joined_on      DATE NOT NULL,
    first_order_at TIMESTAMP(0),
    order_count    INT NOT NULL
);

CREATE TABLE customer_versions (
    version_id  INT PRIMARY KEY,
    customer_id INT NOT NULL REFERENCES customers (customer_id),
    club_level  VARCHAR(10) NOT NULL,
    valid_from  DATE NOT NULL,
    valid_to    DATE,
    is_current  BOOLEAN NOT NULL
);

CREATE TABLE orders (
    order_id      INT PRIMARY KEY,
    customer_id   INT NOT NULL REFERENCES customers (customer_id),
    version_id    INT NOT NULL REFERENCES customer_versions (version_id),
    store_id      INT NOT NULL REFERENCES stores (store_id),
    day_key       INT NOT NULL REFERENCES days (day_key),
    ordered_at    TIMESTAMP(0) NOT NULL,
    status        VARCHAR(10) NOT NULL,
    paid_at       TIMESTAMP(0),
    packed_at     TIMESTAMP(0),
    shipped_at    TIMESTAMP(0),
    delivered_at  TIMESTAMP(0),
    cancel_reason VARCHAR(20),
    total         DECIMAL(12,2) NOT NULL
);

CREATE TABLE order_history (
    order_id   INT NOT NULL REFERENCES orders (order_id),
    step_no    INT NOT NULL,
    status     VARCHAR(10) NOT NULL,
    entered_at TIMESTAMP(0) NOT NULL,
    PRIMARY KEY (order_id, step_no)
);

CREATE TABLE order_lines (
    order_id   INT NOT NULL REFERENCES orders (order_id),
    line_no    INT NOT NULL,
    product_id INT NOT NULL REFERENCES products (product_id),
    quantity   INT NOT NULL,
    unit_price DECIMAL(8,2) NOT NULL,
    amount     DECIMAL(10,2) NOT NULL,
    PRIMARY KEY (order_id, line_no)
);

CREATE TABLE repairs (
    repair_id INT PRIMARY KEY,
    store_id  INT NOT NULL REFERENCES stores (store_id),
    done_on   DATE NOT NULL,
    job       VARCHAR(10) NOT NULL,
    charged   DECIMAL(8,2) NOT NULL
);
