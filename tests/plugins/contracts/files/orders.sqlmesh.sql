-- a model whose columns are declared
MODEL (
  name sushi.orders,
  kind INCREMENTAL_BY_TIME_RANGE (time_column ordered_on),
  dialect duckdb,
  description 'Orders, (one row each)',
  columns (id INT, customer_id INT, status VARCHAR(10), amount DECIMAL(10, 2), ordered_on DATE, closed_on DATE),
  column_descriptions (status = 'how far it is'),
  grain id,
  references (customer_id),
  audits (
    not_null(columns := (id, customer_id, status, ordered_on, closed_on)),
    unique_values(columns := (id)),
    accepted_values(column := status, is_in := ('open', 'it''s done', '1.10')),
    accepted_range(column := amount, min_v := 0, max_v := 900, inclusive := false),
    forall(criteria := (closed_on >= ordered_on)),
    assert_something_of_ours
  )
);

SELECT id, customer_id FROM raw.orders;

MODEL (name sushi.customers, grain (customer_id));

SELECT id::INT AS customer_id, name::VARCHAR(40) AS name, city FROM raw.customers
