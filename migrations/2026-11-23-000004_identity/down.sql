DROP TABLE login_throttle, signing_keys, one_time_tokens, api_tokens, staff_roles, roles, staff_users,
    customer_group_members, customer_groups, customers, customer_addresses;
