"""Tasks for physical neural networks: MNIST, Fashion-MNIST and vowels."""
