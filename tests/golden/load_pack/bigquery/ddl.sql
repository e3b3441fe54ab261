-- The tables, parents before children.

CREATE TABLE `customers` (
  `id` INT64 NOT NULL,
  `email` STRING(60) NOT NULL,
  PRIMARY KEY (`id`) NOT ENFORCED
);

CREATE TABLE `orders` (
  `id` INT64 NOT NULL,
  `customer_id` INT64 NOT NULL,
  `placed` DATETIME NOT NULL,
  `details` JSON,
  PRIMARY KEY (`id`) NOT ENFORCED,
  FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) NOT ENFORCED
);
