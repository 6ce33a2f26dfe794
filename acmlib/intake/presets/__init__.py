"""Contract files for exports that follow a standard of the field: `acm new ID --preset hmis --from FOLDER`."""
