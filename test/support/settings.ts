/** The signing secret of the servers under test. */
export const jwtSecret = 'uH0mXf3vTq9LrZ5bW2kNyE8sJcD4aG7pQ1oVxI6tMRw'

/** The admin that a server under test creates at its start. */
export const rootAdmin = {
  username: 'root-admin',
  email: 'root-admin@example.com',
  password: 'admin horse battery staple',
}

/** The settings of every server under test, except its address and its data. */
export const testSettings = {
  JWT_SECRET: jwtSecret,
  BCRYPT_COST: '4', // tests register hundreds of users
  LOG_LEVEL: 'warn',
  RATE_LIMIT: 'off',
  SHUTDOWN_DELAY: '0', // there is no load balancer to wait for
  ADMIN_USERNAME: rootAdmin.username,
  ADMIN_EMAIL: rootAdmin.email,
  ADMIN_PASSWORD: rootAdmin.password,
}
