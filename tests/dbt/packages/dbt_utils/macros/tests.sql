{# The tests of these names, as their documentation describes them, for suites that reach no package hub. #}

{% test unique_combination_of_columns(model, combination_of_columns) %}
select {{ combination_of_columns | join(', ') }} from {{ model }}
group by {{ combination_of_columns | join(', ') }} having count(*) > 1
{% endtest %}

{% test accepted_range(model, column_name, min_value=none, max_value=none, inclusive=true) %}
select {{ column_name }} from {{ model }}
where false
{%- if min_value is not none %} or {{ column_name }} <{{ '' if inclusive else '=' }} {{ min_value }}{% endif %}
{%- if max_value is not none %} or {{ column_name }} >{{ '' if inclusive else '=' }} {{ max_value }}{% endif %}
{% endtest %}

{% test expression_is_true(model, expression, column_name=none) %}
select 1 from {{ model }} where not ({{ column_name or '' }} {{ expression }})
{% endtest %}

{% test not_null_proportion(model, column_name, at_least) %}
select 1 from (
    select 1.0 * count({{ column_name }}) / count(*) as share from {{ model }}
) as shares
where share < {{ at_least }}
{% endtest %}

{% test at_least_one(model, column_name) %}
select 1 from (select count({{ column_name }}) as n from {{ model }}) as counts where n = 0
{% endtest %}

{% test relationships_where(model, column_name, to, field, from_condition="1=1", to_condition="1=1") %}
select child.{{ column_name }}
from (select * from {{ model }} where {{ from_condition }}) as child
left join (select * from {{ to }} where {{ to_condition }}) as parent on parent.{{ field }} = child.{{ column_name }}
where child.{{ column_name }} is not null and parent.{{ field }} is null
{% endtest %}
