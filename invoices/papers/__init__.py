"""The papers of an invoice, made from what it keeps: PDF, data for machines, work report. They read nothing that may change."""
