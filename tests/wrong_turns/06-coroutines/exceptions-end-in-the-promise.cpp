// Name: Exceptions that end in the promise
// Says: your generator swallows what its body throws: next() returns false, as at a good end
// Caught-by: Use6e_Generator.HandsAnExceptionToWhoeverAsks

struct Generator {
  struct promise_type {
    void unhandled_exception() {}
  };
};
