// Says: This function returns nothing
void answer() {
  return 42;  // here
}
