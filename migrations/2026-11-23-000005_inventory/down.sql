DROP TABLE stock_movements, inventory_levels, inventory_components, inventory_items;
DROP FUNCTION stock_movements_are_append_only;
