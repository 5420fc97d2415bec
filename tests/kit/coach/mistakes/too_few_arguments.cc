// Says: wants more arguments
int sum(int a, int b) { return a + b; }

int answer() { return sum(42); }  // here
