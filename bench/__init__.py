"""What the project promises in figures. Each is `bench/run NAME`, and non-zero when missed."""
