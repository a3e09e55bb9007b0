"""Episodes replayed side by side in a browser: what is shown (data), and the page that shows it (`static`)."""
