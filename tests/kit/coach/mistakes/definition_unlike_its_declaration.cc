// Says: does not look like the declaration
class Queue {
 public:
  void push(int value);
};

void Queue::push(long value) {}  // here
