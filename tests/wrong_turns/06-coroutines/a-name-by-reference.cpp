// Name: A parameter that the frame does not hold
// Says: your coroutine takes the name by reference: the frame keeps an address, and the name ends
//   with the call
// Caught-by: Use6e_Generator.KeepsItsParametersInTheFrame

// instead of: Generator count_to(int last, [[maybe_unused]] Name name, Made made)
Generator count_to(int last, [[maybe_unused]] const Name& name, Made made) {
  for (int number = 1; number <= last; ++number) {
    made(number);
    co_yield number;
  }
}
