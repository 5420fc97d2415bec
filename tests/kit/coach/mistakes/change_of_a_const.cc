// Says: A const member function may not change
class Queue {
 public:
  void push(int value) const { last_ = value; }  // here

 private:
  int last_ = 0;
};
