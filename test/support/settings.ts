/** The secret that the servers under test sign with. */
export const jwtSecret = 'uH0mXf3vTq9LrZ5bW2kNyE8sJcD4aG7pQ1oVxI6tMRw'

/** The admin that a server under test makes at its start. */
export const rootAdmin = {
  username: 'root-admin',
  email: 'root-admin@example.com',
  password: 'admin horse battery staple',
}

/** What every server under test runs with, besides where it listens and keeps its data. */
export const testSettings = {
  JWT_SECRET: jwtSecret,
  BCRYPT_COST: '4', // tests register hundreds of users
  LOG_LEVEL: 'warn',
  RATE_LIMIT: 'off',
  SHUTDOWN_DELAY: '0', // no load balancer has to notice
  ADMIN_USERNAME: rootAdmin.username,
  ADMIN_EMAIL: rootAdmin.email,
  ADMIN_PASSWORD: rootAdmin.password,
}
