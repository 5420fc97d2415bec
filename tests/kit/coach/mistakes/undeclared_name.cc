// Says: Nothing of this name is known here
int answer() {
  return valeu + 1;  // here
}
