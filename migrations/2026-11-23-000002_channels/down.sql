DROP TABLE shop_meta, channel_locations, channels, stock_locations;
