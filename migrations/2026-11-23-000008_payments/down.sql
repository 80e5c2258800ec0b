DROP TABLE ledger_lines, ledger_entries, gateway_webhook_events, payment_routing_rules, refunds, payment_transactions, payment_attempts, payments;
DROP FUNCTION ledger_check_balance(), ledger_refuse_change();
