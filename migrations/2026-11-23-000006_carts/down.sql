DROP TABLE delivery_methods, tax_rates, discount_code_uses, discount_codes, promotions, carts;
