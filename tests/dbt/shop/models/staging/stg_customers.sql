with source as (

    select * from {{ source('crm', 'customers') }}

),

renamed as (

    select
        id as customer_id,
        lower(email) as email,
        segment,
        created_at
    from source

)

select * from renamed
