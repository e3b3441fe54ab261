-- What anyone who knows the trade takes for granted of this data, each with the share of rows that may be otherwise.
-- A query shows a row's exception as true; where it is NULL the truth says nothing of the row.

-- at most 1 %: a day that is there twice
SELECT count(*) > 1 FROM dim_date GROUP BY full_date;
-- at most 1 %: another year than the day's
SELECT cal_year <> year(full_date) FROM dim_date;
-- at most 1 %: another quarter
SELECT quarter_num <> quarter(full_date) FROM dim_date;
-- at most 1 %: another month
SELECT year_month <> strftime(full_date, '%Y-%m') OR month_num <> month(full_date) OR month_name <> monthname(full_date) FROM dim_date;
-- at most 1 %: another week, or day of the week
SELECT week_of_year <> weekofyear(full_date) OR day_of_week <> isodow(full_date) OR day_name <> dayname(full_date) FROM dim_date;
-- at most 1 %: a key that is not the day's
SELECT date_sk <> CAST(strftime(full_date, '%Y%m%d') AS INT) FROM dim_date;
-- at most 0 %: days are missing
SELECT count(DISTINCT full_date) < max(full_date) - min(full_date) + 1 FROM dim_date;

-- at most 1 %: a version that ends before it begins
SELECT valid_to <= valid_from FROM dim_customer UNION ALL SELECT valid_to <= valid_from FROM dim_product;
-- at most 1 %: current, and ended; or neither
SELECT is_current <> (valid_to IS NULL) FROM dim_customer UNION ALL SELECT is_current <> (valid_to IS NULL) FROM dim_product;
-- at most 0 %: a customer with none or several current versions
SELECT count_if(is_current) <> 1 FROM dim_customer GROUP BY customer_bk;
-- at most 0 %: a version that does not begin where the one before it ends
SELECT valid_from <> lag(valid_to) OVER (PARTITION BY customer_bk ORDER BY valid_from) FROM dim_customer;
-- at most 0 %: a customer who is another person in another version
SELECT count(DISTINCT (first_name, last_name, birth_date, first_purchase_date)) > 1 FROM dim_customer GROUP BY customer_bk;
-- at most 80 %: a customer with one version only
SELECT count(*) = 1 FROM dim_customer GROUP BY customer_bk;
-- at most 1 %: bought as a child
SELECT first_purchase_date < birth_date + INTERVAL 14 YEAR FROM dim_customer;
-- at most 1 %: discontinued before it was launched
SELECT discontinued_date < launch_date FROM dim_product;
-- at most 1 %: costs more than its price
SELECT unit_cost > list_price FROM dim_product;
-- at most 10 %: a product's name in several categories
SELECT count(DISTINCT category) > 1 FROM dim_product GROUP BY product_name;
-- at most 0 %: a category in several departments
SELECT count(DISTINCT department) > 1 FROM dim_product GROUP BY category;
-- at most 0 %: one department, or very many
SELECT max(n) / sum(n) > 0.9 OR count(*) NOT BETWEEN 3 AND 40 FROM (SELECT count(*) AS n FROM dim_product GROUP BY department);
-- at most 0 %: prices without a long tail
SELECT avg(list_price) / median(list_price) < 1.1 OR count(DISTINCT list_price) < 50 FROM dim_product;
-- at most 40 %: closed stores
SELECT closed_date IS NOT NULL FROM dim_store;

-- at most 1 %: dearer than its list price
SELECT unit_price > list_price FROM fact_sales;
-- at most 1 %: another list price than the product's
SELECT f.list_price <> p.list_price FROM fact_sales f JOIN dim_product p USING (product_sk);
-- at most 1 %: net is not what the lines come to
SELECT abs(net_sales - (quantity * unit_price - discount_amt)) > 0.02 FROM fact_sales;
-- at most 1 %: gross is not net and tax
SELECT abs(gross_sales - (net_sales + tax_amt)) > 0.02 FROM fact_sales;
-- at most 1 %: the margin is not net without the cost
SELECT abs(margin - (net_sales - cogs)) > 0.02 FROM fact_sales;
-- at most 2 %: a tax of more than 30 %
SELECT tax_amt > 0.3 * net_sales FROM fact_sales;
-- at most 50 %: no tax on a sale of something
SELECT tax_amt = 0 FROM fact_sales WHERE net_sales > 0;
-- at most 1 %: a discount of more than all
SELECT discount_amt > quantity * unit_price FROM fact_sales;
-- at most 0 %: discounts on less than 3 % of the lines
SELECT count_if(discount_amt > 0) / count(*) < 0.03 FROM fact_sales;
-- at most 80 %: a promotion
SELECT promo_sk IS NOT NULL FROM fact_sales;
-- at most 1 %: a promotion on a day on which it does not run
SELECT full_date NOT BETWEEN start_date AND end_date
FROM fact_sales JOIN dim_date USING (date_sk) JOIN dim_promotion USING (promo_sk);
-- at most 1 %: sold before the store opened, or after it closed
SELECT full_date NOT BETWEEN opened_date AND coalesce(closed_date, DATE '9999-12-31')
FROM fact_sales JOIN dim_date USING (date_sk) JOIN dim_store USING (store_sk);
-- at most 1 %: the customer's version is not that of the day
SELECT full_date NOT BETWEEN valid_from::DATE AND coalesce(valid_to::DATE, DATE '9999-12-31')
FROM fact_sales JOIN dim_date USING (date_sk) JOIN dim_customer USING (customer_sk);
-- at most 1 %: the product's version is not that of the day, or the product is not sold on that day
SELECT full_date NOT BETWEEN valid_from::DATE AND coalesce(valid_to::DATE, DATE '9999-12-31') OR full_date NOT BETWEEN launch_date AND coalesce(discontinued_date, DATE '9999-12-31')
FROM fact_sales JOIN dim_date USING (date_sk) JOIN dim_product USING (product_sk);
-- at most 0 %: bought before the first purchase
SELECT full_date < first_purchase_date FROM fact_sales JOIN dim_date USING (date_sk) JOIN dim_customer USING (customer_sk);
-- at most 1 %: loaded before it was sold
SELECT etl_loaded_at::DATE < full_date FROM fact_sales JOIN dim_date USING (date_sk);
-- at most 60 %: receipts of one line
SELECT count(*) = 1 FROM fact_sales GROUP BY receipt_no;
-- at most 0 %: a receipt of several days, stores, customers or ways of paying
SELECT count(DISTINCT (date_sk, store_sk, customer_sk, payment_method)) > 1 FROM fact_sales GROUP BY receipt_no;
-- at most 2 %: a store with several currencies
SELECT count(DISTINCT currency) > 1 FROM fact_sales GROUP BY store_sk;
-- at most 0 %: one quantity for nearly all
SELECT max(n) / sum(n) > 0.95 OR count(*) < 3 FROM (SELECT count(*) AS n FROM fact_sales GROUP BY quantity);
-- at most 0 %: the fifth of the products that sells most has less than 35 % of the sales
SELECT sum(n) FILTER (place <= 0.2 * products) / sum(n) < 0.35
FROM (SELECT count(*) AS n, row_number() OVER (ORDER BY count(*) DESC) AS place, count(*) OVER () AS products FROM fact_sales GROUP BY product_sk);
-- at most 0 %: days without sales are half of all or more
SELECT (SELECT count(DISTINCT date_sk) FROM fact_sales) / count(*) < 0.5 FROM dim_date;
-- at most 0 %: Saturdays are no better than Tuesdays
SELECT count_if(day_of_week = 6) <= count_if(day_of_week = 2) FROM fact_sales JOIN dim_date USING (date_sk);

-- at most 1 %: returned before it was sold
SELECT r.return_date_sk < f.date_sk FROM fact_returns r JOIN fact_sales f USING (sale_id);
-- at most 1 %: more returned than sold
SELECT return_qty > quantity FROM fact_returns JOIN fact_sales USING (sale_id);
-- at most 1 %: more given back than was paid
SELECT return_amt > net_sales FROM fact_returns JOIN fact_sales USING (sale_id);
-- at most 0 %: returned twice
SELECT count(*) > 1 FROM fact_returns GROUP BY sale_id;
