// Says: where another is wanted
void fill(int* place);

void answer() {
  const int seconds = 1;
  fill(seconds);  // here
}
