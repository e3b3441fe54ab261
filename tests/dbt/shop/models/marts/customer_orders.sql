select
    c.customer_id,
    max(c.email) as email,
    count(o.order_id) as orders,
    sum(o.amount) as amount
from {{ ref('stg_customers') }} as c
left join {{ ref('stg_orders') }} as o on o.customer_id = c.customer_id
group by 1
