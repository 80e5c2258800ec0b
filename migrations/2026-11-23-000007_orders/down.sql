DROP TABLE fulfillment_lines, fulfillments, order_events, order_allocations, order_lines, orders;
