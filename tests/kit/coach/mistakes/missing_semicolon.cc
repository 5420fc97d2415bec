// Says: semicolon
int answer() {
  int value = 42  // here with clang
  return value;  // here
}
