// Name: A co_yield that does not pause
// Says: your yield_value() returns suspend_never, so the first next() runs the body to its end
// Caught-by: Use6e_Generator.GivesTheNumbersInOrder, Use6e_Generator.RunsToTheNextYieldAndNoFurther

struct Generator {
  struct promise_type {
    // instead of: std::suspend_always yield_value(int next)
    std::suspend_never yield_value(int next) {
      value = next;
      return {};
    }
  };
};
