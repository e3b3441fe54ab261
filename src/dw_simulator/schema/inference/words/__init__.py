"""What names say: words in several languages, abbreviations, and the vocabulary of what columns hold."""
