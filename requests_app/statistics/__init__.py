"""What a number may say: survival curves that count open requests, shares with their n, and when there is too little to
say anything. Pure: rows in, numbers out. How it is counted, in words: docs/method.md."""
