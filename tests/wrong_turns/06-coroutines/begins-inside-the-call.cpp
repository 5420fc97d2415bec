// Name: A generator that begins inside the call
// Says: your generator runs to its first co_yield inside the call, before anybody asks for a number
// From: the generators of many tutorials, whose initial_suspend() is suspend_never
// Caught-by: Use6e_Generator.RunsNothingBeforeItIsAsked

struct Generator {
  struct promise_type {
    // instead of: std::suspend_always initial_suspend()
    std::suspend_never initial_suspend() { return {}; }
  };
};
