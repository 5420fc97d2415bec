// Name: Made after it was given away
// Says: your body calls made(n) behind co_yield n, where it has paused already
// Caught-by: Use6e_Generator.RunsToTheNextYieldAndNoFurther

Generator count_to(int last, [[maybe_unused]] Name name, Made made) {
  for (int number = 1; number <= last; ++number) {
    co_yield number;
    made(number);
  }
}
