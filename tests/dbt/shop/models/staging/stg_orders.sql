{{ config(materialized='view') }}

select
    order_no as order_id,
    customer as customer_id,
    state as status,
    ordered_at,
    amount
from {{ source('web', 'orders') }}
