// Says: without a return
int answer(bool sure) {
  if (sure) return 42;
}  // here
