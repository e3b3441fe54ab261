{#- amounts come in cents -#}
select
    p.payment_id,
    p.order_no as order_id,
    p.method,
    cast(p.amount_cents as bigint) / 100.0 as amount,
    p.paid_at
from {{ source('web', 'payments') }} as p
