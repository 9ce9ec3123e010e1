"""The only LangChain, and the only code that sends a document anywhere."""
