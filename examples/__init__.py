"""Small things to try lossref on."""
