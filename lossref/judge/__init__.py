"""Errors of one number, grades of many, and the verdict on a target."""
