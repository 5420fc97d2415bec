// Says: a header that is not included
int answer() {
  std::barrier<> meeting(2);  // here
  return 0;
}
