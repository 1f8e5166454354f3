"""Every input there is: a loss along one argument at all numbers of a format, exactly; and an implementation judged at each of them."""
