"""Rules that refuse a submitted enrolment. Those that raise alerts: enrolments.alert_rules."""
