from sqlalchemy.orm import Session as AsyncSession
