-- The tables, parents before children.

CREATE TABLE `customers` (
  `id` INT NOT NULL,
  `email` VARCHAR(60) NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE TABLE `orders` (
  `id` INT NOT NULL,
  `customer_id` INT NOT NULL,
  `placed` TIMESTAMP_NTZ NOT NULL,
  `details` VARIANT,
  PRIMARY KEY (`id`),
  FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`)
);
