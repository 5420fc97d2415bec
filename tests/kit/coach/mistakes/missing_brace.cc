// Says: never closed
int answer(bool sure) {
  if (sure) {
    return 42;
  return 0;
}  // here
