// Says: semicolon
int answer() {
  int value = 42
  return value;  // here
}
